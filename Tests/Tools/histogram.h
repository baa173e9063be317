/*
 * histogram.h - latencies in microseconds, in constant memory.
 *
 * Exact below 256 us, then 128 steps for each doubling (an error of at most 0.8 %), up to more
 * than an hour.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

enum {
    HISTOGRAM_STEPS = 128,
    HISTOGRAM_EXACT = 256,
    HISTOGRAM_ROWS = 24,
    HISTOGRAM_BINS = HISTOGRAM_EXACT + HISTOGRAM_ROWS * HISTOGRAM_STEPS,
};

struct histogram {
    uint64_t count, sum, max;
    uint64_t bins[HISTOGRAM_BINS];
};

void histogram_add(struct histogram *histogram, uint64_t microseconds);

/* The latency that `percent` per cent of the samples did not exceed; 0 without samples. */
uint64_t histogram_percentile(const struct histogram *histogram, double percent);

/* The arithmetic mean; 0 without samples. */
double histogram_mean(const struct histogram *histogram);

#endif
