/* exchange.c - one request and its reply, many at a time, each in a slot of its own. */
#define _GNU_SOURCE
#include "loadgen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 512, READ_BYTES = 16384, NONE = -1 };

struct slot {
    int socket, next, previous; /* links of the list by deadline; NONE = end */
    uint32_t finished_on_socket;
    uint8_t active, connected;
    uint64_t scheduled, deadline; /* nanoseconds */
    uint64_t asked;               /* when the request was sent last */
    struct reply reply;
};

static struct slot *slots;
static int *free_slots, free_count;
static int oldest = NONE, newest = NONE; /* active slots; deadlines are in the order of starts */
static int epoll;
static uint64_t started;

int exchanges_open(void)
{
    slots = calloc((size_t)options.in_flight, sizeof *slots);
    free_slots = calloc((size_t)options.in_flight, sizeof *free_slots);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!slots || !free_slots || epoll < 0) return -1;
    for (int i = options.in_flight - 1; i >= 0; i--) {
        slots[i].socket = NONE;
        free_slots[free_count++] = i;
    }
    return 0;
}

int exchanges_have_room(void) { return free_count > 0; }
int exchanges_in_flight(void) { return oldest != NONE; }
uint64_t exchanges_started(void) { return started; }

static enum failure failure_of(int error)
{
    switch (error) {
    case ECONNREFUSED: return REFUSED;
    case ECONNRESET: case EPIPE: return RESET;
    case EHOSTUNREACH: case ENETUNREACH: case ENETDOWN: case EPERM: return UNREACHABLE;
    case EADDRNOTAVAIL: case EADDRINUSE: return NO_LOCAL_PORT;
    case ETIMEDOUT: return TIMED_OUT;
    default: return OTHER_FAILURE;
    }
}

static void activate(struct slot *slot, uint64_t scheduled, uint64_t now)
{
    int index = (int)(slot - slots);
    started++;
    slot->active = 1;
    slot->scheduled = scheduled;
    slot->deadline = now + options.timeout_nanoseconds;
    slot->asked = now;
    reply_begin(&slot->reply);
    slot->previous = newest;
    slot->next = NONE;
    if (newest != NONE) slots[newest].next = index;
    else oldest = index;
    newest = index;
}

static void deactivate(struct slot *slot)
{
    slot->active = 0;
    if (slot->previous != NONE) slots[slot->previous].next = slot->next;
    else oldest = slot->next;
    if (slot->next != NONE) slots[slot->next].previous = slot->previous;
    else newest = slot->previous;
    free_slots[free_count++] = (int)(slot - slots);
}

static void close_socket(struct slot *slot)
{
    if (slot->socket == NONE) return;
    struct linger linger = { .l_onoff = 1, .l_linger = 0 };
    if (options.close_with_reset && !options.udp)
        setsockopt(slot->socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(slot->socket);
    slot->socket = NONE;
    slot->connected = 0;
    slot->finished_on_socket = 0;
}

static void finish(struct slot *slot, uint64_t now, int reusable)
{
    results_succeeded(slot->scheduled, now, slot->reply.excerpt, slot->reply.excerpt_length);
    slot->finished_on_socket++;
    deactivate(slot);
    uint32_t most = options.exchanges_a_socket;
    if (!reusable || (most && slot->finished_on_socket >= most)) close_socket(slot);
}

static void give_up(struct slot *slot, enum failure failure, uint64_t now)
{
    if (slot->active) {
        results_failed(slot->scheduled, now, failure);
        deactivate(slot);
    }
    close_socket(slot);
}

/* Opens the slot's socket towards the next target; returns the error number of a failure. */
static int open_socket(struct slot *slot)
{
    int error = connect_next(&slot->socket);
    if (error) return error;
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLET | (options.udp ? 0 : EPOLLOUT | EPOLLRDHUP),
        .data.u32 = (uint32_t)(slot - slots),
    };
    slot->connected = options.udp != 0; /* TCP sends its request when the connection stands */
    return epoll_ctl(epoll, EPOLL_CTL_ADD, slot->socket, &event) < 0 ? errno : 0;
}

static void send_request(struct slot *slot, uint64_t now)
{
    ssize_t sent = send(slot->socket, options.request, options.request_length, MSG_NOSIGNAL);
    if (sent == (ssize_t)options.request_length) return;
    give_up(slot, sent < 0 ? failure_of(errno) : OTHER_FAILURE, now);
}

void exchange_begin(uint64_t scheduled)
{
    uint64_t now = monotonic_nanoseconds();
    struct slot *slot = &slots[free_slots[--free_count]];
    activate(slot, scheduled ? scheduled : now, now);
    int error = slot->socket == NONE ? open_socket(slot) : 0;
    if (error) give_up(slot, failure_of(error), now);
    else if (slot->connected) send_request(slot, now);
}

/* Takes a piece of the reply; returns whether more may follow at once. */
static int take_reply(struct slot *slot, const char *part, size_t length, uint64_t now)
{
    int one_a_connection = options.exchanges_a_socket == 1;
    if (!slot->active) return options.udp; /* a late datagram, or a server with too much to say */
    if (options.udp) {
        reply_keep_excerpt(&slot->reply, part, length);
        finish(slot, now, 1);
        return 0;
    }
    if (!slot->reply.received && !one_a_connection) reply_find_length(&slot->reply, part, length);
    slot->reply.received += (uint32_t)length;
    reply_keep_excerpt(&slot->reply, part, length);
    if (one_a_connection || !reply_is_complete(&slot->reply)) return 1;
    finish(slot, now, 1);
    return 0;
}

static void end_reply(struct slot *slot, uint64_t now)
{
    if (slot->active && slot->reply.received && options.exchanges_a_socket == 1) finish(slot, now, 0);
    else give_up(slot, slot->reply.received ? SHORT_REPLY : RESET, now);
}

static void read_reply(struct slot *slot, uint64_t now)
{
    static char part[READ_BYTES + 1];
    for (;;) {
        ssize_t length = recv(slot->socket, part, READ_BYTES, 0);
        if (length < 0) {
            if (errno != EAGAIN) give_up(slot, failure_of(errno), now);
            return;
        }
        if (length == 0 && !options.udp) return end_reply(slot, now);
        part[length] = 0;
        if (!take_reply(slot, part, (size_t)length, now)) return;
    }
}

static void carry_on(struct slot *slot, uint32_t events, uint64_t now)
{
    if (slot->socket == NONE) return;
    if (!slot->connected) {
        int error = 0;
        socklen_t length = sizeof error;
        if (events & (EPOLLERR | EPOLLHUP)) {
            getsockopt(slot->socket, SOL_SOCKET, SO_ERROR, &error, &length);
            give_up(slot, failure_of(error), now);
            return;
        }
        if (!(events & EPOLLOUT)) return;
        slot->connected = 1;
        results_connected(slot->scheduled, now);
        send_request(slot, now);
        if (slot->socket == NONE) return;
    }
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) read_reply(slot, now);
}

uint64_t exchanges_expire(uint64_t now)
{
    while (oldest != NONE && slots[oldest].deadline <= now) give_up(&slots[oldest], TIMED_OUT, now);
    return oldest == NONE ? 0 : slots[oldest].deadline;
}

uint64_t exchanges_repeat(uint64_t now)
{
    uint64_t next_due = 0;
    if (!options.udp || !options.repeat_nanoseconds) return 0;
    for (int i = oldest; i != NONE;) {
        struct slot *slot = &slots[i];
        i = slot->next; /* the slot may leave the list */
        if (slot->asked + options.repeat_nanoseconds <= now) {
            slot->asked = now;
            send_request(slot, now);
        }
        uint64_t due = slot->asked + options.repeat_nanoseconds;
        if (slot->active && (!next_due || due < next_due)) next_due = due;
    }
    return next_due;
}

int exchanges_wait(int64_t nanoseconds)
{
    struct epoll_event events[EVENTS];
    struct timespec limit = { nanoseconds / 1000000000, nanoseconds % 1000000000 };
    int count = epoll_pwait2(epoll, events, EVENTS, &limit, NULL);
    if (count < 0 && errno != EINTR) return -1;
    for (int i = 0; i < count; i++)
        carry_on(&slots[events[i].data.u32], events[i].events, monotonic_nanoseconds());
    return 0;
}
