/*
 * loadgen.c - a small epoll load generator that says who answered.
 *
 * It keeps N short exchanges in flight for T seconds and reports exchanges per second, failures
 * by kind, latency percentiles in microseconds, and how often each backend answered.
 *
 *   TCP  socket, connect, send the request, read the reply, close. With -k N, N requests go over
 *        each connection (the reply must carry Content-Length).
 *   UDP  one datagram out, one datagram back; with -k N a socket (that is, a source port, a flow)
 *        serves N exchanges before it is replaced; with -a MS a datagram that is not answered for
 *        so long is sent again.
 *
 * Closed loop (default): a finished exchange is replaced at once.
 * Open loop (-r RATE): exchanges start on a fixed schedule and latency counts from the scheduled
 * start, so a stalled server cannot hide its queue (no "coordinated omission"). -c then bounds
 * how many may be in flight.
 *
 * Failure times are relative to the start of the measured time (started_at in the JSON, seconds
 * since the epoch), and are those at which the failed exchange STARTED: outage_ms is the span
 * between the first and the last exchange that were bound to fail. Replies are tallied by the
 * first word of their last line (TCP) or of the datagram (UDP), where backend.c puts its name.
 */
#define _GNU_SOURCE
#include "loadgen.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { IDLE_WAIT_NANOSECONDS = 100000000, RETRY_WAIT_NANOSECONDS = 1000000 };

uint64_t measured_from, measured_to;

static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
    (void)signal;
    stopped = 1;
}

uint64_t monotonic_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

static double wall_clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int limit_reached(void) { return options.limit && exchanges_started() >= options.limit; }

/* Starts what is due; in the closed loop as many as there is room for. */
static void start_exchanges(uint64_t now, uint64_t *due, uint64_t step)
{
    if (!step) {
        /* Bounded, because a connect that fails at once gives its slot back. */
        for (int i = 0; i < options.in_flight && exchanges_have_room() && !limit_reached(); i++)
            exchange_begin(0);
        return;
    }
    for (; *due <= now && *due < measured_to && !limit_reached(); *due += step) {
        if (exchanges_have_room()) exchange_begin(*due);
        else results_late();
    }
}

static void at_most(int64_t *wait, uint64_t until, uint64_t now)
{
    int64_t left = (int64_t)(until - now);
    if (left < *wait) *wait = left;
}

/* Runs until the time is over and the last exchange has ended; -1 on failure. */
static int run(uint64_t begin)
{
    uint64_t step = options.rate > 0 ? (uint64_t)(1e9 / options.rate) : 0, due = begin;
    uint64_t interval = (uint64_t)(options.interval_milliseconds * 1e6);
    uint64_t report_at = begin + interval;
    for (;;) {
        uint64_t now = monotonic_nanoseconds();
        int over = now >= measured_to || stopped || limit_reached();
        if (over && (stopped || !exchanges_in_flight())) return 0;
        if (!over) start_exchanges(now, &due, step);
        uint64_t expires = exchanges_expire(now);
        uint64_t repeats = exchanges_repeat(now);

        int64_t wait = IDLE_WAIT_NANOSECONDS;
        if (!over) wait = (int64_t)(measured_to - now);
        if (!over && step) at_most(&wait, due, now);
        /* All that began has failed at once, and no socket will wake us. */
        if (!over && !step && !exchanges_in_flight())
            at_most(&wait, now + RETRY_WAIT_NANOSECONDS, now);
        if (expires) at_most(&wait, expires, now);
        if (repeats) at_most(&wait, repeats, now);
        if (interval) at_most(&wait, report_at, now);
        if (exchanges_wait(wait < 0 ? 0 : wait) < 0) return -1;

        if (interval && monotonic_nanoseconds() >= report_at) {
            results_print_interval(report_at);
            report_at += interval;
        }
    }
}

int main(int argc, char **argv)
{
    options_read(argc, argv);
    struct rlimit limit; /* as many descriptors as we may have */
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    /* Whoever started us may have had them blocked. */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (exchanges_open() < 0) {
        perror("loadgen");
        return 1;
    }
    double started_at = wall_clock_seconds() + options.warm_up_seconds;
    uint64_t begin = monotonic_nanoseconds();
    measured_from = begin + (uint64_t)(options.warm_up_seconds * 1e9);
    measured_to = measured_from + (uint64_t)(options.seconds * 1e9);
    if (run(begin) < 0) {
        perror("loadgen");
        return 1;
    }
    uint64_t end = monotonic_nanoseconds();
    if (end > measured_to) end = measured_to;
    double seconds = end > measured_from ? (double)(end - measured_from) / 1e9 : 1e-9;
    results_print(seconds, started_at);
    return 0;
}
