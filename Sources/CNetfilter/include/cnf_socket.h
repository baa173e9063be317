#ifndef CNF_SOCKET_H
#define CNF_SOCKET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct nlmsghdr;

/* Takes a datagram if one is there; -EAGAIN if not, -EMSGSIZE if it did not fit. */
ssize_t cnf_socket_receive_now(int socket, void *buffer, size_t capacity);

/*
 * Grows the send and receive buffers to these many bytes, past the system's limits where the
 * caller may (CAP_NET_ADMIN). 0 leaves a buffer as it is.
 */
int cnf_socket_set_buffers(int socket, int send_bytes, int receive_bytes);

/*
 * Where in a refused message the kernel found fault, in bytes from the message's header; -ENOENT
 * if the refusal does not say. Knows that the message itself is not echoed (NETLINK_CAP_ACK).
 */
int64_t cnf_reply_offset(const struct nlmsghdr *reply);

/* The ruleset's generation in an answer to NFT_MSG_GETGEN; -ENOENT if it is none. */
int64_t cnf_generation(const struct nlmsghdr *reply);

/*
 * How many elements a set has, in an answer to NFT_MSG_GETSET; -ENOENT if the kernel does not say
 * (before Linux 6.17).
 */
int64_t cnf_set_count(const struct nlmsghdr *reply);

/* The name of an errno value, "EPERM"; NULL if it has none. */
const char *cnf_error_name(int code);

#endif
