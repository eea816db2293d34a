/* Consumers by plain assignment of all partitions, without a group; every record is checked. */
#ifndef CONSUME_H
#define CONSUME_H

#include "client.h"
#include "scenario.h"

struct consumer {
    rd_kafka_t *client;
    rd_kafka_topic_t *topic;
    rd_kafka_queue_t *queue;
    const struct options *options;
    uint64_t *next; /* by partition: the sequence number that must come next */
};

struct drain {
    int64_t records;
    double seconds;             /* from the assignment to the last record */
    double first_record_seconds; /* of that, until the first record */
    double cpu_seconds;         /* of the broker */
};

enum consumer_profile {
    CONSUMER_THROUGHPUT,
    CONSUMER_LOWEST_LATENCY
};

/* Connected and knowing the topic, but not fetching yet. */
void consumer_open(struct consumer *consumer, const struct options *options, enum consumer_profile profile);
/* Starts to fetch all partitions from the earliest offset. */
void consumer_assign(struct consumer *consumer);
void consumer_unassign(struct consumer *consumer);
void consumer_close(struct consumer *consumer);

/* The time at which the record was sent. A record that is not exactly the one expected ends the process. */
uint64_t consumer_check(struct consumer *consumer, const rd_kafka_message_t *message);

/* Reads expected[partition] records of each partition and checks that nothing follows them. */
struct drain drain_topic(const struct options *options, const uint64_t *expected);
double drain_rate(const struct drain *drain);

#endif
