/*
 * backend.c - a single-threaded epoll server that says who it is and whom it saw.
 *
 * Tests put it behind a Service: its answer tells which endpoint served a request, and whether
 * the client's address arrived.
 *
 *   TCP  an HTTP reply with the body "NAME ADDRESS\n", ADDRESS being the client's as seen here.
 *        GET /healthz answers 200, or 503 while the process is marked unhealthy.
 *        GET /bytes/N answers N bytes of body.
 *   UDP  each datagram is answered with "NAME ADDRESS " followed by the datagram.
 *
 * Signals
 *   SIGUSR1          toggle healthy/unhealthy (only /healthz changes its answer)
 *   SIGUSR2          print the counters as one JSON line on stderr
 *   SIGTERM, SIGINT  print the counters and leave
 */
#define _GNU_SOURCE
#include "backend.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EVENTS = 256, SOCKET_BUFFER_BYTES = 4 << 20, DEFAULT_BACKLOG = 4096 };

struct backend backend = { .healthy = 1 };

static uint8_t kinds[MAX_DESCRIPTORS]; /* enum descriptor_kind, by file descriptor */

static const char usage_text[] =
    "usage: backend [-n NAME] [-a ADDRESS] [-p PORT[,PORT]] [-u PORT] [-k] [-r] [-b BACKLOG]\n"
    "  -n NAME     name in every reply (default: the host's name)\n"
    "  -a ADDRESS  IPv4 or IPv6 address to bind (default ::, which takes both families)\n"
    "  -p PORTS    TCP ports, comma separated (default 8080; 0 = no TCP)\n"
    "  -u PORT     UDP port (default 0 = no UDP)\n"
    "  -k          keep-alive: do not close after the reply\n"
    "  -r          close with RST instead of FIN: no TIME_WAIT here\n"
    "  -b N        listen backlog (default 4096)\n";

static void die(const char *what)
{
    fprintf(stderr, "backend: %s: %s\n", what, strerror(errno));
    exit(1);
}

void watch(int descriptor, enum descriptor_kind kind, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.fd = descriptor };
    kinds[descriptor] = (uint8_t)kind;
    if (epoll_ctl(backend.epoll, EPOLL_CTL_ADD, descriptor, &event) < 0) die("epoll_ctl");
}

void address_text(const struct sockaddr_storage *address, char text[ADDRESS_MAX_BYTES])
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    if (address->ss_family == AF_INET)
        inet_ntop(AF_INET, &v4->sin_addr, text, ADDRESS_MAX_BYTES);
    else if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
        inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text, ADDRESS_MAX_BYTES);
    else
        inet_ntop(AF_INET6, &v6->sin6_addr, text, ADDRESS_MAX_BYTES);
}

static void print_counters(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    fprintf(stderr,
            "{\"name\":\"%s\",\"accepted\":%llu,\"requests\":%llu,\"udp\":%llu,\"errors\":%llu,"
            "\"user_s\":%ld.%06ld,\"sys_s\":%ld.%06ld}\n",
            backend.name, (unsigned long long)backend.accepted,
            (unsigned long long)backend.requests, (unsigned long long)backend.datagrams,
            (unsigned long long)backend.errors, (long)usage.ru_utime.tv_sec,
            (long)usage.ru_utime.tv_usec, (long)usage.ru_stime.tv_sec,
            (long)usage.ru_stime.tv_usec);
}

static socklen_t socket_address(const char *text, int port, struct sockaddr_storage *out)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        return sizeof *v4;
    }
    if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        return sizeof *v6;
    }
    fprintf(stderr, "backend: '%s' is not an IPv4 or IPv6 address\n", text);
    exit(2);
}

static void open_socket(const char *address, int port, int type, int backlog)
{
    struct sockaddr_storage local;
    socklen_t length = socket_address(address, port, &local);
    int on = 1, off = 0, buffer = SOCKET_BUFFER_BYTES;
    int descriptor = socket(local.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) die("socket");
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (local.ss_family == AF_INET6)
        setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(descriptor, (struct sockaddr *)&local, length) < 0) die("bind");
    if (type == SOCK_DGRAM) {
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
        watch(descriptor, DATAGRAMS, EPOLLIN);
        return;
    }
    /* Accepted sockets inherit both: no Nagle delay, and how to close. */
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (backend.close_with_reset) {
        struct linger linger = { .l_onoff = 1, .l_linger = 0 };
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
    if (listen(descriptor, backlog) < 0) die("listen");
    watch(descriptor, LISTENER, EPOLLIN);
}

static void open_ports(const char *address, const char *ports, int backlog)
{
    while (*ports) {
        char *end;
        long port = strtol(ports, &end, 10);
        if (end == ports || port < 0 || port > 65535 || (*end && *end != ',')) {
            fprintf(stderr, "backend: '%s' is not a list of ports\n", ports);
            exit(2);
        }
        if (port > 0) open_socket(address, (int)port, SOCK_STREAM, backlog);
        ports = *end ? end + 1 : end;
    }
}

static void open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (descriptor < 0) die("signalfd");
    watch(descriptor, SIGNALS, EPOLLIN);
}

static void take_signals(int descriptor)
{
    struct signalfd_siginfo signal;
    while (read(descriptor, &signal, sizeof signal) == sizeof signal) {
        if (signal.ssi_signo == SIGUSR1) backend.healthy = !backend.healthy;
        else print_counters();
        if (signal.ssi_signo == SIGTERM || signal.ssi_signo == SIGINT) exit(0);
    }
}

static void serve(void)
{
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(backend.epoll, events, EVENTS, -1);
        if (count < 0 && errno != EINTR) die("epoll_wait");
        for (int i = 0; i < count; i++) {
            int descriptor = events[i].data.fd;
            switch (kinds[descriptor]) {
            case LISTENER: http_accept(descriptor); break;
            case CONNECTION: http_continue(descriptor, events[i].events); break;
            case DATAGRAMS: udp_answer(descriptor); break;
            case SIGNALS: take_signals(descriptor); break;
            default: break;
            }
        }
    }
}

int main(int argc, char **argv)
{
    const char *address = "::", *ports = "8080", *datagram_port = "0";
    int backlog = DEFAULT_BACKLOG, option;
    gethostname(backend.name, sizeof backend.name - 1);
    while ((option = getopt(argc, argv, "n:a:p:u:krb:h")) != -1) {
        switch (option) {
        case 'n': snprintf(backend.name, sizeof backend.name, "%s", optarg); break;
        case 'a': address = optarg; break;
        case 'p': ports = optarg; break;
        case 'u': datagram_port = optarg; break;
        case 'k': backend.keep_alive = 1; break;
        case 'r': backend.close_with_reset = 1; break;
        case 'b': backlog = atoi(optarg); break;
        default: fputs(usage_text, stderr); return 2;
        }
    }
    struct rlimit limit; /* as many descriptors as we may have */
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if ((backend.epoll = epoll_create1(EPOLL_CLOEXEC)) < 0) die("epoll_create1");
    open_signals();
    open_ports(address, ports, backlog);
    if (atoi(datagram_port) > 0) open_socket(address, atoi(datagram_port), SOCK_DGRAM, 0);
    serve();
}
