/* An idempotent acks=all producer that counts only what was reported as delivered. */
#ifndef PRODUCE_H
#define PRODUCE_H

#include "client.h"
#include "scenario.h"

struct producer {
    rd_kafka_t *client;
    rd_kafka_topic_t *topic;
    rd_kafka_queue_t *reports;
    const struct options *options;
    uint64_t *produced;  /* by partition: the next sequence number to send */
    uint64_t *delivered; /* by partition: the next sequence number expected in a delivery report */
    int64_t outstanding;
    int64_t total;
    char *payloads;      /* room for one chunk */
    rd_kafka_message_t *messages;
};

enum producer_profile {
    PRODUCER_THROUGHPUT,
    PRODUCER_LOWEST_LATENCY
};

/* Connected, with a producer id, and one record delivered to each partition. */
void producer_open(struct producer *producer, const struct options *options, enum producer_profile profile);

/* Hands over `count` records (at most 2,000) for one partition. sent_ns is put into each. */
void producer_send(struct producer *producer, int partition, int count, uint64_t sent_ns);

/* Takes the delivery reports that are there, waiting up to timeout_ms for the first. Any failure ends the process. */
void producer_serve(struct producer *producer, int timeout_ms);

/* Waits until everything sent has been delivered. */
void producer_drain(struct producer *producer);

void producer_close(struct producer *producer);

/* Produces options->records after the warm-up as fast as they are taken; seconds from the first produce to the last report. */
double producer_flood(struct producer *producer);

#endif
