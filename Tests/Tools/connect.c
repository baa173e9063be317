/* connect.c - sockets towards the targets, in turn, from the sources asked for, in turn. */
#define _GNU_SOURCE
#include "loadgen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

static int next_target;
static uint32_t next_source, ports_used;

/* Adds to the last 32 bits of an address, where `word` points, in network byte order. */
static void advance_address(void *word, uint32_t by)
{
    uint32_t value;
    memcpy(&value, word, sizeof value);
    value = htonl(ntohl(value) + by);
    memcpy(word, &value, sizeof value);
}

/* The next source port, after each source address has had the present one. */
static uint16_t take_port(void)
{
    uint32_t port = options.first_port + ports_used;
    uint32_t ports = options.last_port - options.first_port + 1;
    if (next_source == 0) ports_used = (ports_used + 1) % ports;
    return htons((uint16_t)port);
}

static int bind_source(int descriptor, int family)
{
    struct sockaddr_storage source = options.source;
    struct sockaddr_in *v4 = (struct sockaddr_in *)&source;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&source;
    int on = 1;
    if (!options.source_count && !options.first_port) return 0;
    if (options.source_count && source.ss_family != family) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    source.ss_family = (sa_family_t)family;
    if (options.source_count) {
        advance_address(family == AF_INET ? (void *)&v4->sin_addr : &v6->sin6_addr.s6_addr[12],
                        next_source);
        next_source = (next_source + 1) % options.source_count;
    }
    if (options.first_port) {
        v4->sin_port = take_port(); /* which is at the same place in sockaddr_in6 */
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    } else {
        setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    }
    socklen_t length = family == AF_INET ? sizeof *v4 : sizeof *v6;
    return bind(descriptor, (struct sockaddr *)&source, length);
}

int connect_next(int *descriptor)
{
    int target = next_target, family = options.targets[target].ss_family, on = 1;
    next_target = (next_target + 1) % options.target_count;
    *descriptor = socket(family, (options.udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK, 0);
    if (*descriptor < 0 || bind_source(*descriptor, family) < 0) return errno;
    if (!options.udp) setsockopt(*descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const struct sockaddr *address = (const struct sockaddr *)&options.targets[target];
    if (connect(*descriptor, address, options.target_lengths[target]) < 0 && errno != EINPROGRESS)
        return errno;
    return 0;
}
