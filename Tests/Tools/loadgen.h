/* loadgen.h - what the parts of the load generator share; loadgen.c says what it is. */
#ifndef LOADGEN_H
#define LOADGEN_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
    MAX_IN_FLIGHT = 60000,
    MAX_TARGETS = 64,
    MAX_NAMES = 64,
    REQUEST_MAX_BYTES = 4096,
    /* The end of a TCP reply, or the beginning of a UDP one: room for a name and an address. */
    EXCERPT_MAX_BYTES = 128,
};

enum failure {
    TIMED_OUT,
    REFUSED,
    RESET,
    UNREACHABLE,
    NO_LOCAL_PORT,
    SHORT_REPLY,
    OTHER_FAILURE,
    FAILURE_KINDS,
};

struct options {
    int udp, close_with_reset, json, print_replies;
    int in_flight;
    double seconds, warm_up_seconds, rate, interval_milliseconds;
    uint64_t limit, timeout_nanoseconds, slow_microseconds;
    uint64_t repeat_nanoseconds; /* 0 = a datagram is sent once */
    uint32_t exchanges_a_socket; /* 0 = no limit */
    /* Source addresses in turn: `source` and the `source_count` - 1 that follow it. */
    struct sockaddr_storage source;
    uint32_t source_count;
    uint32_t first_port, last_port; /* source ports in turn; 0 = the kernel picks */
    char request[REQUEST_MAX_BYTES];
    size_t request_length;
    struct sockaddr_storage targets[MAX_TARGETS];
    socklen_t target_lengths[MAX_TARGETS];
    int target_count;
};

extern struct options options;

/* The measured time on the monotonic clock, in nanoseconds; what happens before is not counted. */
extern uint64_t measured_from, measured_to;

uint64_t monotonic_nanoseconds(void);

/* ---- options.c: the command line ---- */

/* Fills `options`; ends the process with status 2 on a mistake. */
void options_read(int argc, char **argv);

/* ---- results.c: what was seen ---- */

void results_connected(uint64_t scheduled, uint64_t now);
void results_succeeded(uint64_t scheduled, uint64_t now, const char *excerpt, size_t length);
void results_failed(uint64_t scheduled, uint64_t now, enum failure failure);

/* Counts an exchange of the open loop that found all slots taken. */
void results_late(void);

/* Prints what happened since the last call on stderr. */
void results_print_interval(uint64_t at);

/* Prints the result, as text or as JSON. */
void results_print(double seconds, double started_at);

/* ---- connect.c: sockets ---- */

/*
 * Opens a socket and begins to connect it; returns the error number of a failure. The descriptor
 * is the caller's to close in either case, or negative.
 */
int connect_next(int *descriptor);

/* ---- reply.c: what has come of one reply ---- */

struct reply {
    uint32_t received; /* bytes so far */
    int32_t wanted;    /* the whole reply's length with keep-alive; negative: not known */
    char excerpt[EXCERPT_MAX_BYTES];
    size_t excerpt_length;
};

void reply_begin(struct reply *reply);

/* Keeps the end of a TCP reply, and the beginning of a UDP one. */
void reply_keep_excerpt(struct reply *reply, const char *part, size_t length);

/* With keep-alive the end of a reply is known from Content-Length. */
void reply_find_length(struct reply *reply, const char *part, size_t length);

int reply_is_complete(const struct reply *reply);

/* ---- exchange.c: requests and replies ---- */

/* Makes room for `options.in_flight` exchanges; -1 when there is no memory. */
int exchanges_open(void);

/* Starts one exchange that counts from `scheduled`, or from now when it is 0. */
void exchange_begin(uint64_t scheduled);

int exchanges_have_room(void);
int exchanges_in_flight(void);
uint64_t exchanges_started(void);

/* Fails what has waited too long; returns when the next one will, or 0 when none is in flight. */
uint64_t exchanges_expire(uint64_t now);

/* Sends datagrams again that nobody answers; returns when the next is due, or 0 when none is. */
uint64_t exchanges_repeat(uint64_t now);

/* Waits at most `nanoseconds` for sockets and carries their exchanges on; -1 on failure. */
int exchanges_wait(int64_t nanoseconds);

#endif
