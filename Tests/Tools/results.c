/* results.c - counts, latencies and the final report. */
#define _GNU_SOURCE
#include "loadgen.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "histogram.h"

static const char *const failure_names[FAILURE_KINDS] = {
    "timeout", "refused", "reset", "unreachable", "no_local_port", "short_reply", "other",
};

static struct histogram totals, connects;
static uint64_t failures[FAILURE_KINDS], slow, late;
static uint64_t first_failure, last_failure, last_failure_seen;
static uint64_t interval_successes, interval_failures;
static struct {
    char name[48];
    uint64_t count;
} tally[MAX_NAMES];
static int tally_count;

static void count_name(const char *name, size_t length)
{
    if (length >= sizeof tally[0].name) length = sizeof tally[0].name - 1;
    for (size_t i = 0; i < length; i++) /* not a name: keep the output printable */
        if (name[i] <= 32 || name[i] > 126 || name[i] == '"' || name[i] == '\\') {
            name = "?";
            length = 1;
        }
    for (int i = 0; i < tally_count; i++)
        if (strlen(tally[i].name) == length && memcmp(tally[i].name, name, length) == 0) {
            tally[i].count++;
            return;
        }
    if (tally_count == MAX_NAMES) return;
    memcpy(tally[tally_count].name, name, length);
    tally[tally_count++].count = 1;
}

void results_connected(uint64_t scheduled, uint64_t now)
{
    if (now >= measured_from) histogram_add(&connects, (now - scheduled) / 1000);
}

void results_succeeded(uint64_t scheduled, uint64_t now, const char *excerpt, size_t length)
{
    interval_successes++;
    if (now < measured_from) return;
    uint64_t microseconds = (now - scheduled) / 1000;
    histogram_add(&totals, microseconds);
    if (microseconds > options.slow_microseconds) slow++;

    while (length && (excerpt[length - 1] == '\n' || excerpt[length - 1] == '\r')) length--;
    const char *newline = length ? memrchr(excerpt, '\n', length) : NULL;
    const char *line = !options.udp && newline ? newline + 1 : excerpt;
    size_t line_length = length - (size_t)(line - excerpt);
    if (options.print_replies) printf("%.*s\n", (int)line_length, line);
    const char *space = line_length ? memchr(line, ' ', line_length) : NULL;
    count_name(line, space ? (size_t)(space - line) : line_length);
}

void results_failed(uint64_t scheduled, uint64_t now, enum failure failure)
{
    interval_failures++;
    if (now < measured_from) return;
    failures[failure]++;
    if (!first_failure || scheduled < first_failure) first_failure = scheduled;
    if (scheduled > last_failure) last_failure = scheduled;
    last_failure_seen = now;
}

void results_late(void) { late++; }

static double milliseconds_since_start(uint64_t at)
{
    return at ? ((double)at - (double)measured_from) / 1e6 : 0;
}

void results_print_interval(uint64_t at)
{
    fprintf(stderr, "t=%.0f ms ok=%llu err=%llu\n", milliseconds_since_start(at),
            (unsigned long long)interval_successes, (unsigned long long)interval_failures);
    interval_successes = interval_failures = 0;
}

static unsigned long long percentile(const struct histogram *histogram, double percent)
{
    return (unsigned long long)histogram_percentile(histogram, percent);
}

static void print_json(double seconds, double started_at, uint64_t failed, double user,
                       double system)
{
    printf("{\"ok\":%llu,\"started_at\":%.3f,\"seconds\":%.3f,\"per_s\":%.1f,\"errors\":%llu",
           (unsigned long long)totals.count, started_at, seconds, (double)totals.count / seconds,
           (unsigned long long)failed);
    for (int kind = 0; kind < FAILURE_KINDS; kind++)
        printf(",\"err_%s\":%llu", failure_names[kind], (unsigned long long)failures[kind]);
    double first = milliseconds_since_start(first_failure);
    double last = milliseconds_since_start(last_failure);
    printf(",\"slow\":%llu,\"late\":%llu,\"first_fail_ms\":%.1f,\"last_fail_ms\":%.1f,"
           "\"last_fail_end_ms\":%.1f,\"outage_ms\":%.1f",
           (unsigned long long)slow, (unsigned long long)late, first, last,
           milliseconds_since_start(last_failure_seen), last - first);
    printf(",\"mean_us\":%.1f,\"p50_us\":%llu,\"p90_us\":%llu,\"p99_us\":%llu,\"p999_us\":%llu,"
           "\"max_us\":%llu,\"connect_p50_us\":%llu,\"connect_p99_us\":%llu",
           histogram_mean(&totals), percentile(&totals, 50), percentile(&totals, 90),
           percentile(&totals, 99), percentile(&totals, 99.9), (unsigned long long)totals.max,
           percentile(&connects, 50), percentile(&connects, 99));
    printf(",\"cpu_user_s\":%.3f,\"cpu_sys_s\":%.3f,\"by_name\":{", user, system);
    for (int i = 0; i < tally_count; i++)
        printf("%s\"%s\":%llu", i ? "," : "", tally[i].name, (unsigned long long)tally[i].count);
    printf("}}\n");
}

static void print_text(double seconds, uint64_t failed, double user, double system)
{
    printf("%s %llu ok in %.2f s = %.0f/s, %llu errors", options.udp ? "udp" : "tcp",
           (unsigned long long)totals.count, seconds, (double)totals.count / seconds,
           (unsigned long long)failed);
    for (int kind = 0; kind < FAILURE_KINDS; kind++)
        if (failures[kind])
            printf(" %s=%llu", failure_names[kind], (unsigned long long)failures[kind]);
    printf("\nlatency us: p50 %llu p90 %llu p99 %llu p99.9 %llu max %llu; "
           "connect p50 %llu p99 %llu\n",
           percentile(&totals, 50), percentile(&totals, 90), percentile(&totals, 99),
           percentile(&totals, 99.9), (unsigned long long)totals.max, percentile(&connects, 50),
           percentile(&connects, 99));
    printf("slower than %llu ms: %llu; starts that found no free slot: %llu; "
           "own cpu %.2f user %.2f sys\n",
           (unsigned long long)(options.slow_microseconds / 1000), (unsigned long long)slow,
           (unsigned long long)late, user, system);
    double first = milliseconds_since_start(first_failure);
    double last = milliseconds_since_start(last_failure);
    if (failed)
        printf("failures began between %.0f and %.0f ms (%.0f ms), last noticed at %.0f ms\n",
               first, last, last - first, milliseconds_since_start(last_failure_seen));
    for (int i = 0; i < tally_count; i++)
        printf("  %-12s %llu\n", tally[i].name, (unsigned long long)tally[i].count);
}

void results_print(double seconds, double started_at)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double user = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
    double system = (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
    uint64_t failed = 0;
    for (int kind = 0; kind < FAILURE_KINDS; kind++) failed += failures[kind];
    if (options.json) print_json(seconds, started_at, failed, user, system);
    else print_text(seconds, failed, user, system);
}
