#include "consume.h"

#include "measure.h"
#include "produce.h"
#include "record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    BATCH = 1000,
    STALL_TIMEOUT_MS = 30000,
    WATERMARK_TIMEOUT_MS = 10000
};

static const struct setting throughput_settings[] = {
    {"fetch.min.bytes", "1"},
    {"fetch.wait.max.ms", "500"},
    {"max.partition.fetch.bytes", "1048576"},
    {"fetch.max.bytes", "52428800"},
    {"queued.min.messages", "100000"},
    {"check.crcs", "false"},
    {"enable.auto.commit", "false"},
    {"auto.offset.reset", "error"},
    {NULL, NULL}};

static const struct setting latency_settings[] = {
    {"fetch.min.bytes", "1"},
    {"fetch.wait.max.ms", "500"},
    {"socket.nagle.disable", "true"},
    {"check.crcs", "false"},
    {"enable.auto.commit", "false"},
    {"auto.offset.reset", "error"},
    {NULL, NULL}};

static void query_watermarks(struct consumer *consumer, int partition, int64_t *low, int64_t *high)
{
    rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(consumer->client, consumer->options->topic, partition, low, high,
                                                                 WATERMARK_TIMEOUT_MS);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail("watermarks of partition %d: %s", partition, rd_kafka_err2str(error));
}

void consumer_open(struct consumer *consumer, const struct options *options, enum consumer_profile profile)
{
    *consumer = (struct consumer){.options = options};
    consumer->client = client_new(RD_KAFKA_CONSUMER, options->bootstrap,
                                  profile == CONSUMER_THROUGHPUT ? throughput_settings : latency_settings);
    consumer->topic = client_topic(consumer->client, options->topic, options->partitions);
    consumer->queue = rd_kafka_queue_new(consumer->client);
    consumer->next = allocate((size_t)options->partitions, sizeof *consumer->next);

    /* Connects to the leader now; a partition that finds it not connected yet tries again only after 500 ms. */
    int64_t low, high;
    for (int partition = 0; partition < options->partitions; partition++)
        query_watermarks(consumer, partition, &low, &high);
}

void consumer_assign(struct consumer *consumer)
{
    for (int partition = 0; partition < consumer->options->partitions; partition++)
        if (rd_kafka_consume_start_queue(consumer->topic, partition, RD_KAFKA_OFFSET_BEGINNING, consumer->queue) != 0)
            fail("cannot consume partition %d: %s", partition, rd_kafka_err2str(rd_kafka_last_error()));
}

void consumer_unassign(struct consumer *consumer)
{
    for (int partition = 0; partition < consumer->options->partitions; partition++)
        if (rd_kafka_consume_stop(consumer->topic, partition) != 0)
            fail("cannot stop consuming partition %d: %s", partition, rd_kafka_err2str(rd_kafka_last_error()));
}

void consumer_close(struct consumer *consumer)
{
    rd_kafka_queue_destroy(consumer->queue);
    rd_kafka_topic_destroy(consumer->topic);
    rd_kafka_destroy(consumer->client);
    free(consumer->next);
}

uint64_t consumer_check(struct consumer *consumer, const rd_kafka_message_t *message)
{
    struct record_header header;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail("consuming partition %" PRId32 ": %s", message->partition, rd_kafka_message_errstr(message));
    if (message->partition < 0 || message->partition >= consumer->options->partitions)
        fail_lost("a record of partition %" PRId32 ", which was not asked for", message->partition);
    uint64_t expected = consumer->next[message->partition];
    if (!record_read(message->payload, message->len, consumer->options->run, &header) || header.partition != (uint32_t)message->partition)
        fail_lost("partition %" PRId32 " offset %" PRId64 ": not a record of this run", message->partition, message->offset);
    if (header.sequence != expected || message->offset != (int64_t)expected)
        fail_lost("partition %" PRId32 " offset %" PRId64 ": record %" PRIu64 ", expected record %" PRIu64, message->partition,
                  message->offset, header.sequence, expected);
    consumer->next[message->partition]++;
    return header.sent_ns;
}

static void require_end(struct consumer *consumer, const uint64_t *expected)
{
    for (int partition = 0; partition < consumer->options->partitions; partition++) {
        int64_t low, high;
        query_watermarks(consumer, partition, &low, &high);
        if (low != 0 || high != (int64_t)expected[partition])
            fail_lost("partition %d holds offsets %" PRId64 " to %" PRId64 ", expected 0 to %" PRIu64, partition, low, high,
                      expected[partition]);
    }
}

struct drain drain_topic(const struct options *options, const uint64_t *expected)
{
    struct consumer consumer;
    struct drain drain = {0};
    rd_kafka_message_t **messages = allocate(BATCH, sizeof *messages);
    int64_t total = 0;
    for (int partition = 0; partition < options->partitions; partition++)
        total += (int64_t)expected[partition];

    consumer_open(&consumer, options, CONSUMER_THROUGHPUT);
    double cpu = process_cpu_seconds(options->broker_pid);
    uint64_t start = now_ns();
    consumer_assign(&consumer);
    while (drain.records < total) {
        /* The call waits for as many as it is asked for. */
        size_t wanted = total - drain.records < BATCH ? (size_t)(total - drain.records) : BATCH;
        ssize_t count = rd_kafka_consume_batch_queue(consumer.queue, STALL_TIMEOUT_MS, messages, wanted);
        if (count < 0)
            fail("consuming: %s", rd_kafka_err2str(rd_kafka_last_error()));
        if (count == 0)
            fail_lost("nothing more came for %d s after %" PRId64 " of %" PRId64 " records", STALL_TIMEOUT_MS / 1000, drain.records, total);
        if (drain.records == 0)
            drain.first_record_seconds = (double)(now_ns() - start) / 1e9;
        for (ssize_t i = 0; i < count; i++) {
            consumer_check(&consumer, messages[i]);
            rd_kafka_message_destroy(messages[i]);
        }
        drain.records += count;
    }
    drain.seconds = (double)(now_ns() - start) / 1e9;
    drain.cpu_seconds = process_cpu_seconds(options->broker_pid) - cpu;
    /* Stopped first: a query would wait behind the last fetch, which waits for more records. */
    consumer_unassign(&consumer);
    require_end(&consumer, expected);
    consumer_close(&consumer);
    free(messages);
    return drain;
}

double drain_rate(const struct drain *drain)
{
    return (double)drain->records / drain->seconds;
}

void scenario_drain(const struct options *options)
{
    struct producer producer;
    producer_open(&producer, options, PRODUCER_THROUGHPUT);
    double produce_seconds = producer_flood(&producer);
    struct drain drain = drain_topic(options, producer.delivered);
    printf("{\"records\": %" PRId64 ", \"bytes\": %" PRId64 ", \"seconds\": %.6f, \"records_per_second\": %.1f, "
           "\"first_record_ms\": %.3f, \"producer_records_per_second\": %.1f, \"broker_cpu_seconds\": %.6f}\n",
           drain.records, drain.records * options->size, drain.seconds, drain_rate(&drain), drain.first_record_seconds * 1e3,
           (double)options->records / produce_seconds, drain.cpu_seconds);
    producer_close(&producer);
}

void scenario_read_back(const struct options *options)
{
    struct consumer consumer;
    consumer_open(&consumer, options, CONSUMER_THROUGHPUT);
    uint64_t *expected = allocate((size_t)options->partitions, sizeof *expected);
    int64_t records = 0;
    for (int partition = 0; partition < options->partitions; partition++) {
        int64_t low, high;
        query_watermarks(&consumer, partition, &low, &high);
        expected[partition] = (uint64_t)high;
        records += high;
    }
    consumer_close(&consumer);
    /* `produce` writes one record a partition before its clock starts. */
    if (records != options->records + options->partitions)
        fail_lost("the topic holds %" PRId64 " records, expected %" PRId64, records, options->records + options->partitions);

    struct drain drain = drain_topic(options, expected);
    printf("{\"records\": %" PRId64 ", \"bytes\": %" PRId64 ", \"seconds\": %.6f, \"records_per_second\": %.1f, "
           "\"first_record_ms\": %.3f, \"broker_cpu_seconds\": %.6f}\n",
           drain.records, drain.records * options->size, drain.seconds, drain_rate(&drain), drain.first_record_seconds * 1e3,
           drain.cpu_seconds);
    free(expected);
}
