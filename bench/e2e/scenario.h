/* The scenarios of the benchmark and what they are told on the command line. */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

struct options {
    const char *bootstrap;
    const char *topic;
    int partitions;
    int64_t records;
    int size;       /* payload bytes of a record */
    int rate;       /* records per second, end-to-end only */
    int broker_pid; /* 0: unknown, nothing of the broker is measured */
    bool verify;    /* produce: read everything back afterwards */
    uint64_t run;   /* marks the records */
};

/* Each prints one line of JSON, and expects an empty topic; read-back expects what a `produce` of the same run, records and partitions wrote. */
void scenario_produce(const struct options *options);
void scenario_one_at_a_time(const struct options *options);
void scenario_drain(const struct options *options);
void scenario_read_back(const struct options *options);
void scenario_end_to_end(const struct options *options);

#endif
