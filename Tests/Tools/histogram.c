#include "histogram.h"

static int bin_of(uint64_t microseconds)
{
    if (microseconds < HISTOGRAM_EXACT) return (int)microseconds;
    int row = 63 - __builtin_clzll(microseconds) - 8; /* 256..511 is row 0 */
    if (row >= HISTOGRAM_ROWS) return HISTOGRAM_BINS - 1;
    return HISTOGRAM_EXACT + row * HISTOGRAM_STEPS
        + (int)((microseconds >> (row + 1)) - HISTOGRAM_STEPS);
}

static uint64_t lower_bound(int bin)
{
    if (bin < HISTOGRAM_EXACT) return (uint64_t)bin;
    int row = (bin - HISTOGRAM_EXACT) / HISTOGRAM_STEPS;
    int step = (bin - HISTOGRAM_EXACT) % HISTOGRAM_STEPS;
    return (uint64_t)(HISTOGRAM_STEPS + step) << (row + 1);
}

void histogram_add(struct histogram *histogram, uint64_t microseconds)
{
    histogram->count++;
    histogram->sum += microseconds;
    if (microseconds > histogram->max) histogram->max = microseconds;
    histogram->bins[bin_of(microseconds)]++;
}

uint64_t histogram_percentile(const struct histogram *histogram, double percent)
{
    if (!histogram->count) return 0;
    uint64_t wanted = (uint64_t)(percent / 100.0 * (double)histogram->count + 0.5), seen = 0;
    if (wanted < 1) wanted = 1;
    for (int bin = 0; bin < HISTOGRAM_BINS; bin++)
        if ((seen += histogram->bins[bin]) >= wanted) return lower_bound(bin);
    return histogram->max;
}

double histogram_mean(const struct histogram *histogram)
{
    return histogram->count ? (double)histogram->sum / (double)histogram->count : 0.0;
}
