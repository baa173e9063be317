/* backend_udp.c - datagrams, answered a batch at a time. */
#define _GNU_SOURCE
#include "backend.h"

#include <stdio.h>
#include <string.h>

enum {
    BATCH = 32,
    DATAGRAM_MAX_BYTES = 2048, /* a longer datagram is answered with its beginning */
    PREFIX_MAX_BYTES = NAME_MAX_BYTES + ADDRESS_MAX_BYTES + 2,
};

/* Puts "NAME ADDRESS " directly before the datagram, and returns where the answer begins. */
static char *put_prefix(char *datagram, const struct sockaddr_storage *peer, size_t *length)
{
    char address[ADDRESS_MAX_BYTES], prefix[PREFIX_MAX_BYTES + 1];
    address_text(peer, address);
    int written = snprintf(prefix, sizeof prefix, "%s %s ", backend.name, address);
    *length = (size_t)written;
    return memcpy(datagram - written, prefix, (size_t)written);
}

void udp_answer(int descriptor)
{
    static char buffers[BATCH][PREFIX_MAX_BYTES + DATAGRAM_MAX_BYTES];
    struct sockaddr_storage peers[BATCH];
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){ buffers[i] + PREFIX_MAX_BYTES, DATAGRAM_MAX_BYTES };
        messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = &peers[i],
                                                     .msg_namelen = sizeof peers[i],
                                                     .msg_iov = &parts[i],
                                                     .msg_iovlen = 1 } };
    }
    int received = recvmmsg(descriptor, messages, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < received; i++) {
        size_t prefix;
        parts[i].iov_base = put_prefix(buffers[i] + PREFIX_MAX_BYTES, &peers[i], &prefix);
        parts[i].iov_len = prefix + messages[i].msg_len;
    }
    if (received <= 0) return;
    int sent = sendmmsg(descriptor, messages, (unsigned)received, MSG_DONTWAIT);
    if (sent < 0) sent = 0;
    backend.datagrams += (uint64_t)sent;
    backend.errors += (uint64_t)(received - sent);
}
