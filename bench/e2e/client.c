#define _GNU_SOURCE /* program_invocation_short_name */
#include "client.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { METADATA_TIMEOUT_MS = 30000, METADATA_REQUEST_MS = 5000, ADMIN_TIMEOUT_MS = 30000 };

static void exit_with(int code, const char *format, va_list arguments) __attribute__((noreturn, format(printf, 2, 0)));

static void exit_with(int code, const char *format, va_list arguments)
{
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(code);
}

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    exit_with(EXIT_FAILED, format, arguments);
}

void fail_lost(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    exit_with(EXIT_RECORDS_LOST, format, arguments);
}

int64_t option_number(const char *name, const char *text, int64_t least, int64_t most)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < least || value > most) {
        fprintf(stderr, "%s: %s must be a number from %lld to %lld, not '%s'\n", program_invocation_short_name, name,
                (long long)least, (long long)most, text);
        exit(EXIT_USAGE);
    }
    return value;
}

uint64_t now_ns(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        fail("cannot read CLOCK_MONOTONIC");
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL)
        fail("out of memory (%zu x %zu bytes)", count, size);
    return memory;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char error[512];
    if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK)
        fail("setting %s=%s: %s", name, value, error);
}

rd_kafka_t *client_new(rd_kafka_type_t type, const char *bootstrap, const struct setting *settings)
{
    char error[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", bootstrap);
    set(conf, "client.id", "grainstream-bench");
    for (; settings->name != NULL; settings++)
        set(conf, settings->name, settings->value);
    rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
    rd_kafka_t *client = rd_kafka_new(type, conf, error, sizeof error);
    if (client == NULL)
        fail("cannot create a client: %s", error);
    return client;
}

static int partitions_with_leader(const struct rd_kafka_metadata *metadata)
{
    int ready = 0;
    if (metadata->topic_cnt != 1 || metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    for (int i = 0; i < metadata->topics[0].partition_cnt; i++)
        if (metadata->topics[0].partitions[i].err == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topics[0].partitions[i].leader >= 0)
            ready++;
    return ready;
}

rd_kafka_topic_t *client_topic(rd_kafka_t *client, const char *topic, int partitions)
{
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    if (handle == NULL)
        fail("topic %s: %s", topic, rd_kafka_err2str(rd_kafka_last_error()));

    uint64_t deadline = now_ns() + (uint64_t)METADATA_TIMEOUT_MS * 1000000u;
    for (;;) {
        const struct rd_kafka_metadata *metadata;
        int ready = 0;
        rd_kafka_resp_err_t error = rd_kafka_metadata(client, 0, handle, &metadata, METADATA_REQUEST_MS);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
            ready = partitions_with_leader(metadata);
            rd_kafka_metadata_destroy(metadata);
        }
        if (ready == partitions)
            return handle;
        if (ready > partitions)
            fail("topic %s has %d partitions, asked for %d", topic, ready, partitions);
        if (now_ns() > deadline)
            fail("topic %s: %d of %d partitions have a leader after %d s (%s)", topic, ready, partitions,
                 METADATA_TIMEOUT_MS / 1000, rd_kafka_err2str(error));
        nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
    }
}

static void require_created(rd_kafka_event_t *event, const char *topic)
{
    size_t count;
    if (event == NULL)
        fail("creating topic %s: no answer within %d s", topic, ADMIN_TIMEOUT_MS / 1000);
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail("creating topic %s: %s", topic, rd_kafka_event_error_string(event));
    const rd_kafka_topic_result_t **results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t error = rd_kafka_topic_result_error(results[i]);
        const char *reason = rd_kafka_topic_result_error_string(results[i]);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
            fail("creating topic %s: %s: %s", topic, rd_kafka_err2name(error), reason != NULL ? reason : rd_kafka_err2str(error));
    }
}

void client_create_topic(const char *bootstrap, const char *topic, int partitions)
{
    char error[512];
    const struct setting settings[] = {{NULL, NULL}};
    rd_kafka_t *client = client_new(RD_KAFKA_PRODUCER, bootstrap, settings);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    rd_kafka_NewTopic_t *wanted = rd_kafka_NewTopic_new(topic, partitions, 1, error, sizeof error);
    if (wanted == NULL)
        fail("topic %s: %s", topic, error);

    rd_kafka_CreateTopics(client, &wanted, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, ADMIN_TIMEOUT_MS);
    require_created(event, topic);
    rd_kafka_event_destroy(event);
    rd_kafka_NewTopic_destroy(wanted);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(client);
}

void client_error_event(rd_kafka_t *client, rd_kafka_event_t *event)
{
    rd_kafka_resp_err_t error = rd_kafka_event_error(event);
    char reason[512];
    if (error == RD_KAFKA_RESP_ERR__FATAL || rd_kafka_event_error_is_fatal(event)) {
        error = rd_kafka_fatal_error(client, reason, sizeof reason);
        fail("fatal: %s: %s", rd_kafka_err2name(error), reason);
    }
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, rd_kafka_err2name(error), rd_kafka_event_error_string(event));
    rd_kafka_event_destroy(event);
}
