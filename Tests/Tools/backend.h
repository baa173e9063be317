/* backend.h - what the parts of the backend share; backend.c says what it is. */
#ifndef BACKEND_H
#define BACKEND_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
    MAX_DESCRIPTORS = 65536,
    NAME_MAX_BYTES = 64,
    /* An IPv6 address as text with its terminating zero. */
    ADDRESS_MAX_BYTES = INET6_ADDRSTRLEN,
};

struct backend {
    char name[NAME_MAX_BYTES];
    int keep_alive;      /* do not close after a reply */
    int close_with_reset; /* RST instead of FIN: no TIME_WAIT on this side */
    int healthy;         /* what /healthz answers; toggled by SIGUSR1 */
    int epoll;
    uint64_t accepted, requests, datagrams, errors;
};

extern struct backend backend;

enum descriptor_kind { UNUSED, LISTENER, CONNECTION, DATAGRAMS, SIGNALS };

/* Has `descriptor` watched for `events` under its kind; ends the process when epoll refuses. */
void watch(int descriptor, enum descriptor_kind kind, uint32_t events);

/* Writes the peer's address without its port; an IPv4-mapped IPv6 address is written as IPv4. */
void address_text(const struct sockaddr_storage *address, char text[ADDRESS_MAX_BYTES]);

/* Accepts what waits on a listening socket, and answers requests that are already here. */
void http_accept(int listener);

/* Continues a connection after epoll reported `events`; closes it when it is finished. */
void http_continue(int descriptor, uint32_t events);

/* Answers a batch of waiting datagrams. */
void udp_answer(int descriptor);

#endif
