/* options.c - the load generator's command line. */
#define _GNU_SOURCE
#include "loadgen.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage_text[] =
    "usage: loadgen [options] HOST:PORT [[HOST]:PORT ...]     (several: in turn)\n"
    "  -m tcp|udp    protocol (default tcp)\n"
    "  -c N          exchanges in flight (default 64)\n"
    "  -d SECONDS    measured time (default 5)\n"
    "  -w SECONDS    warm-up before it, not counted (default 0)\n"
    "  -r RATE       open loop, exchanges a second (default 0: closed loop)\n"
    "  -n N          stop after N exchanges have started (default: no limit)\n"
    "  -t MS         time allowed for one exchange (default 2000)\n"
    "  -a MS         UDP: ask again, from the same port, after so long (default 0: never)\n"
    "  -k N          exchanges a connection or UDP socket (default 1, 0 = no limit)\n"
    "  -s A[-B]      bind source addresses of this range, in turn; they may differ in the\n"
    "                last 32 bits\n"
    "  -p LO-HI      bind source ports of this range, in turn (default: the kernel picks)\n"
    "  -q TEXT       request; \\r and \\n are understood\n"
    "                (default \"GET / HTTP/1.0\\r\\n\\r\\n\", for UDP \"x\")\n"
    "  -S MS         count exchanges slower than this as slow (default 500)\n"
    "  -R            close with RST instead of FIN\n"
    "  -i MS         print a progress line an interval on stderr\n"
    "  -o            print the last line of each reply\n"
    "  -j            print the result as one JSON line\n";

struct options options = {
    .in_flight = 64,
    .seconds = 5,
    .timeout_nanoseconds = 2000000000ull,
    .slow_microseconds = 500000,
    .exchanges_a_socket = 1,
};

static _Noreturn void usage(void)
{
    fputs(usage_text, stderr);
    exit(2);
}

static _Noreturn void refuse(const char *text, const char *what)
{
    fprintf(stderr, "loadgen: '%s' %s\n", text, what);
    exit(2);
}

/* The last 32 bits of an address, in the host's byte order. */
static uint32_t last_word(const struct sockaddr_storage *address)
{
    uint32_t word;
    if (address->ss_family == AF_INET)
        word = ((const struct sockaddr_in *)address)->sin_addr.s_addr;
    else
        memcpy(&word, &((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr[12], sizeof word);
    return ntohl(word);
}

static struct sockaddr_storage numeric_address(const char *text)
{
    struct sockaddr_storage address = { .ss_family = AF_INET };
    if (inet_pton(AF_INET, text, &((struct sockaddr_in *)&address)->sin_addr) == 1) return address;
    address.ss_family = AF_INET6;
    if (inet_pton(AF_INET6, text, &((struct sockaddr_in6 *)&address)->sin6_addr) != 1)
        refuse(text, "is not an address");
    return address;
}

static void read_sources(char *text)
{
    char *dash = strchr(text, '-');
    if (dash) *dash = 0;
    options.source = numeric_address(text);
    options.source_count = 1;
    if (!dash) return;
    struct sockaddr_storage last = numeric_address(dash + 1);
    if (last.ss_family != options.source.ss_family
        || last_word(&last) < last_word(&options.source))
        refuse(dash + 1, "does not end the range of sources");
    options.source_count += last_word(&last) - last_word(&options.source);
}

static void read_ports(const char *text)
{
    if (sscanf(text, "%u-%u", &options.first_port, &options.last_port) != 2
        || !options.first_port || options.last_port < options.first_port
        || options.last_port > 65535)
        refuse(text, "is not a range of ports");
}

static void read_request(const char *text)
{
    for (; *text && options.request_length < sizeof options.request; text++) {
        char byte = *text;
        if (byte == '\\' && (text[1] == 'r' || text[1] == 'n')) byte = *++text == 'r' ? '\r' : '\n';
        options.request[options.request_length++] = byte;
    }
}

static void read_target(char *text)
{
    char *host = text, *colon = strrchr(text, ':');
    if (!colon || colon == text || options.target_count == MAX_TARGETS) usage();
    *colon = 0;
    if (*host == '[' && colon[-1] == ']') {
        host++;
        colon[-1] = 0;
    }
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
    int failure = getaddrinfo(host, colon + 1, &hints, &found);
    if (failure) refuse(host, gai_strerror(failure));
    memcpy(&options.targets[options.target_count], found->ai_addr, found->ai_addrlen);
    options.target_lengths[options.target_count++] = found->ai_addrlen;
    freeaddrinfo(found);
}

static void read_protocol(const char *text)
{
    options.udp = strcmp(text, "udp") == 0;
    if (!options.udp && strcmp(text, "tcp") != 0) usage();
}

static uint64_t scaled(const char *text, uint64_t scale)
{
    return strtoull(text, NULL, 10) * scale;
}

void options_read(int argc, char **argv)
{
    const char *request = NULL;
    int option;
    while ((option = getopt(argc, argv, "m:c:d:w:r:n:t:a:k:s:p:q:S:Ri:ojh")) != -1) {
        switch (option) {
        case 'm': read_protocol(optarg); break;
        case 'c': options.in_flight = atoi(optarg); break;
        case 'd': options.seconds = atof(optarg); break;
        case 'w': options.warm_up_seconds = atof(optarg); break;
        case 'r': options.rate = atof(optarg); break;
        case 'n': options.limit = scaled(optarg, 1); break;
        case 't': options.timeout_nanoseconds = scaled(optarg, 1000000); break;
        case 'a': options.repeat_nanoseconds = scaled(optarg, 1000000); break;
        case 'k': options.exchanges_a_socket = (uint32_t)scaled(optarg, 1); break;
        case 's': read_sources(optarg); break;
        case 'p': read_ports(optarg); break;
        case 'q': request = optarg; break;
        case 'S': options.slow_microseconds = scaled(optarg, 1000); break;
        case 'R': options.close_with_reset = 1; break;
        case 'i': options.interval_milliseconds = atof(optarg); break;
        case 'o': options.print_replies = 1; break;
        case 'j': options.json = 1; break;
        default: usage();
        }
    }
    if (optind == argc || options.in_flight < 1 || options.in_flight > MAX_IN_FLIGHT) usage();
    for (; optind < argc; optind++) read_target(argv[optind]);
    if (!request) request = options.udp ? "x" : "GET / HTTP/1.0\\r\\n\\r\\n";
    read_request(request);
}
