#include "measure.h"

#include "client.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void samples_add(struct samples *samples, uint64_t value)
{
    if (samples->count == samples->capacity) {
        size_t capacity = samples->capacity == 0 ? 4096 : samples->capacity * 2;
        uint64_t *values = realloc(samples->values, capacity * sizeof *values);
        if (values == NULL)
            fail("out of memory for %zu samples", capacity);
        samples->values = values;
        samples->capacity = capacity;
    }
    samples->values[samples->count++] = value;
}

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

void samples_sort(struct samples *samples)
{
    if (samples->count > 0)
        qsort(samples->values, samples->count, sizeof *samples->values, compare);
}

double samples_percentile_us(const struct samples *samples, double percent)
{
    if (samples->count == 0)
        fail("no samples to take a percentile of");
    size_t rank = (size_t)ceil(percent / 100.0 * (double)samples->count);
    return (double)samples->values[rank == 0 ? 0 : rank - 1] / 1000.0;
}

void samples_free(struct samples *samples)
{
    free(samples->values);
    memset(samples, 0, sizeof *samples);
}

double process_cpu_seconds(int pid)
{
    clockid_t clock;
    struct timespec used;
    if (pid == 0)
        return 0;
    /* The same utime + stime as /proc/PID/stat, in nanoseconds instead of ticks of 10 ms. */
    int error = clock_getcpuclockid(pid, &clock);
    if (error != 0)
        fail("the CPU clock of broker process %d: %s", pid, strerror(error));
    if (clock_gettime(clock, &used) != 0)
        fail("broker process %d has gone", pid);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}
