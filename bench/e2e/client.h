/* What every scenario needs: a librdkafka client with checked settings, a clock, and one way to fail. */
#ifndef CLIENT_H
#define CLIENT_H

#include <librdkafka/rdkafka.h>
#include <stdint.h>

/* Exit codes of every program here. */
enum {
    EXIT_FAILED = 1,      /* it could not be done */
    EXIT_USAGE = 2,
    EXIT_RECORDS_LOST = 3 /* records missing, doubled, reordered or altered */
};

struct setting {
    const char *name;
    const char *value;
};

void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void fail_lost(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The number in an option's value, from least to most; anything else ends the process with EXIT_USAGE. */
int64_t option_number(const char *name, const char *text, int64_t least, int64_t most);

uint64_t now_ns(void);

void *allocate(size_t count, size_t size);

/* settings ends with {NULL, NULL}. The client's events are not sent to callbacks but to its main queue. */
rd_kafka_t *client_new(rd_kafka_type_t type, const char *bootstrap, const struct setting *settings);

/* A handle on the topic, once its metadata shows the wanted number of partitions, each with a leader. */
rd_kafka_topic_t *client_topic(rd_kafka_t *client, const char *topic, int partitions);

void client_create_topic(const char *bootstrap, const char *topic, int partitions);

/* Logs an error event; a fatal one ends the process. Takes the event over. */
void client_error_event(rd_kafka_t *client, rd_kafka_event_t *event);

#endif
