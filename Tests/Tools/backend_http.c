/* backend_http.c - requests over TCP; a request ends at an empty line. */
#define _GNU_SOURCE
#include "backend.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    REQUEST_MAX_BYTES = 2048, /* a longer request is refused by closing the connection */
    ACCEPTS_A_TURN = 64,      /* so that one listener cannot starve the others */
};

struct connection { /* by file descriptor */
    char peer[ADDRESS_MAX_BYTES];
    char *partial; /* the beginning of a request, allocated only when one arrives in pieces */
    size_t partial_bytes;
    size_t body_left; /* bytes of a /bytes/N body still to send */
};

enum outcome { FINISHED, KEPT }; /* what becomes of the connection */

static struct connection connections[MAX_DESCRIPTORS];
static const char zeros[65536];

static void drop(int descriptor)
{
    free(connections[descriptor].partial);
    memset(&connections[descriptor], 0, sizeof connections[descriptor]);
    close(descriptor); /* which also takes it out of the epoll set */
}

/* Sends as much of the pending body as the socket takes; -1 when the connection is broken. */
static int send_body(int descriptor)
{
    struct connection *connection = &connections[descriptor];
    while (connection->body_left) {
        size_t part = connection->body_left;
        if (part > sizeof zeros) part = sizeof zeros;
        ssize_t sent = send(descriptor, zeros, part, MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN ? 0 : -1;
        connection->body_left -= (size_t)sent;
    }
    return 0;
}

static int send_all(int descriptor, const char *text, int length)
{
    if (send(descriptor, text, (size_t)length, MSG_NOSIGNAL) == length) return 0;
    backend.errors++;
    return -1;
}

static const char *connection_header(void) { return backend.keep_alive ? "keep-alive" : "close"; }

static enum outcome answer_bytes(int descriptor, const char *count)
{
    char head[128];
    connections[descriptor].body_left = strtoull(count, NULL, 10);
    int length = snprintf(head, sizeof head,
                          "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: %s\r\n\r\n",
                          connections[descriptor].body_left, connection_header());
    if (send_all(descriptor, head, length) < 0 || send_body(descriptor) < 0) return FINISHED;
    return connections[descriptor].body_left || backend.keep_alive ? KEPT : FINISHED;
}

static enum outcome answer(int descriptor, const char *request)
{
    char body[NAME_MAX_BYTES + ADDRESS_MAX_BYTES + 3], reply[sizeof body + 128];
    backend.requests++;
    if (strncmp(request, "GET /bytes/", 11) == 0) return answer_bytes(descriptor, request + 11);
    int unhealthy = !backend.healthy && strncmp(request, "GET /healthz", 12) == 0;
    int body_length = snprintf(body, sizeof body, "%s %s\n", backend.name,
                               connections[descriptor].peer);
    int length = snprintf(reply, sizeof reply,
                          "HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: %s\r\n\r\n%s",
                          unhealthy ? "503 Service Unavailable" : "200 OK", body_length,
                          connection_header(), body);
    if (send_all(descriptor, reply, length) < 0) return FINISHED;
    return backend.keep_alive ? KEPT : FINISHED;
}

/* Answers the complete requests of `text` and keeps the rest for the next read. */
static enum outcome answer_requests(int descriptor, const char *text, size_t length)
{
    struct connection *connection = &connections[descriptor];
    const char *from = text, *end;
    while ((end = strstr(from, "\r\n\r\n"))) {
        if (answer(descriptor, from) == FINISHED) return FINISHED;
        if (connection->body_left) return KEPT;
        from = end + 4;
    }
    size_t rest = length - (size_t)(from - text);
    if (rest && !connection->partial && !(connection->partial = malloc(REQUEST_MAX_BYTES)))
        return FINISHED;
    if (rest) memcpy(connection->partial, from, rest);
    connection->partial_bytes = rest;
    return KEPT;
}

static enum outcome read_requests(int descriptor)
{
    struct connection *connection = &connections[descriptor];
    char text[REQUEST_MAX_BYTES + 1];
    for (;;) {
        size_t have = connection->partial_bytes;
        if (have == REQUEST_MAX_BYTES) {
            backend.errors++;
            return FINISHED;
        }
        if (have) memcpy(text, connection->partial, have);
        ssize_t received = recv(descriptor, text + have, REQUEST_MAX_BYTES - have, 0);
        if (received == 0) return FINISHED;
        if (received < 0) {
            if (errno == EAGAIN) return KEPT;
            backend.errors++;
            return FINISHED;
        }
        have += (size_t)received;
        text[have] = 0;
        if (answer_requests(descriptor, text, have) == FINISHED) return FINISHED;
        if (connection->body_left) return KEPT;
    }
}

void http_accept(int listener)
{
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        struct sockaddr_storage peer;
        socklen_t length = sizeof peer;
        int descriptor =
            accept4(listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) return;
        if (descriptor >= MAX_DESCRIPTORS) {
            close(descriptor);
            backend.errors++;
            continue;
        }
        backend.accepted++;
        address_text(&peer, connections[descriptor].peer);
        /* The request is often here already: reading first spares epoll the connection. */
        if (read_requests(descriptor) == KEPT)
            watch(descriptor, CONNECTION, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
        else
            drop(descriptor);
    }
}

void http_continue(int descriptor, uint32_t events)
{
    struct connection *connection = &connections[descriptor];
    if (connection->body_left) {
        if (send_body(descriptor) < 0 || (!connection->body_left && !backend.keep_alive)) {
            drop(descriptor);
            return;
        }
        if (connection->body_left) return;
    }
    if (!(events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP))) return;
    if (read_requests(descriptor) == FINISHED) drop(descriptor);
}
