/* What is measured beside the clock: latencies, and the broker process. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stddef.h>
#include <stdint.h>

/* Latencies of a run, in nanoseconds. All are kept: a run has at most some 100,000. */
struct samples {
    uint64_t *values;
    size_t count;
    size_t capacity;
};

void samples_add(struct samples *samples, uint64_t value);
void samples_sort(struct samples *samples);
/* Nearest-rank percentile in microseconds; sorted samples, 0 < percent <= 100. */
double samples_percentile_us(const struct samples *samples, double percent);
void samples_free(struct samples *samples);

/* User and system CPU seconds the process has used so far; 0 if pid is 0. */
double process_cpu_seconds(int pid);

#endif
