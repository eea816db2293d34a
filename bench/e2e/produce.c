#include "produce.h"

#include "consume.h"
#include "measure.h"
#include "record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    CHUNK_MAX = 2000,
    CHUNK_BYTES = 256 * 1024,        /* handed to librdkafka for one partition at a time */
    WINDOW_RECORDS = 400 * 1000,     /* in flight: below queue.buffering.max.messages, so librdkafka never refuses one */
    WINDOW_BYTES = 64 * 1024 * 1024,
    REPORT_TIMEOUT_MS = 60000
};

/* Throughput: batches of up to 1 MB, held back at most 5 ms. */
static const struct setting throughput_settings[] = {
    {"acks", "all"},
    {"enable.idempotence", "true"},
    {"linger.ms", "5"},
    {"batch.size", "1000000"},
    {"batch.num.messages", "10000"},
    {"queue.buffering.max.messages", "1000000"},
    {"queue.buffering.max.kbytes", "1048576"},
    {"compression.codec", "none"},
    {"message.timeout.ms", "60000"},
    {NULL, NULL}};

static const struct setting latency_settings[] = {
    {"acks", "all"},
    {"enable.idempotence", "true"},
    {"queue.buffering.max.ms", "0"},
    {"socket.nagle.disable", "true"},
    {"compression.codec", "none"},
    {"message.timeout.ms", "60000"},
    {NULL, NULL}};

void producer_open(struct producer *producer, const struct options *options, enum producer_profile profile)
{
    *producer = (struct producer){.options = options};
    producer->client = client_new(RD_KAFKA_PRODUCER, options->bootstrap,
                                  profile == PRODUCER_THROUGHPUT ? throughput_settings : latency_settings);
    producer->topic = client_topic(producer->client, options->topic, options->partitions);
    producer->reports = rd_kafka_queue_get_main(producer->client);
    producer->produced = allocate((size_t)options->partitions, sizeof *producer->produced);
    producer->delivered = allocate((size_t)options->partitions, sizeof *producer->delivered);
    producer->payloads = allocate(CHUNK_MAX, (size_t)options->size);
    producer->messages = allocate(CHUNK_MAX, sizeof *producer->messages);

    /* Filler that no layer can shorten or take for zeroes. */
    uint64_t state = options->run | 1;
    for (size_t i = 0; i < (size_t)CHUNK_MAX * (size_t)options->size; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        producer->payloads[i] = (char)state;
    }

    for (int partition = 0; partition < options->partitions; partition++)
        producer_send(producer, partition, 1, 0);
    producer_drain(producer);
}

void producer_send(struct producer *producer, int partition, int count, uint64_t sent_ns)
{
    size_t size = (size_t)producer->options->size;
    uint64_t sequence = producer->produced[partition];
    for (int i = 0; i < count; i++) {
        char *payload = producer->payloads + (size_t)i * size;
        record_write(payload, (struct record_header){.run = producer->options->run,
                                                     .sequence = sequence + (uint64_t)i,
                                                     .sent_ns = sent_ns,
                                                     .partition = (uint32_t)partition,
                                                     .size = (uint32_t)size});
        producer->messages[i] =
            (rd_kafka_message_t){.payload = payload, .len = size, ._private = (void *)(uintptr_t)(sequence + (uint64_t)i)};
    }

    int taken = rd_kafka_produce_batch(producer->topic, partition, RD_KAFKA_MSG_F_COPY, producer->messages, count);
    for (int i = 0; taken != count && i < count; i++)
        if (producer->messages[i].err != RD_KAFKA_RESP_ERR_NO_ERROR)
            fail("librdkafka refused a record: %s", rd_kafka_err2str(producer->messages[i].err));
    producer->produced[partition] += (uint64_t)count;
    producer->outstanding += count;
    producer->total += count;
}

static void take_reports(struct producer *producer, rd_kafka_event_t *event)
{
    const rd_kafka_message_t *message;
    while ((message = rd_kafka_event_message_next(event)) != NULL) {
        uint64_t sequence = (uint64_t)(uintptr_t)message->_private;
        if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
            fail("record %" PRIu64 " of partition %" PRId32 " was not delivered: %s", sequence, message->partition,
                 rd_kafka_err2str(message->err));
        /* The topic is new and has one writer: offsets must be sequence numbers, reported in order. */
        if (sequence != producer->delivered[message->partition] || message->offset != (int64_t)sequence)
            fail_lost("partition %" PRId32 ": record %" PRIu64 " reported at offset %" PRId64 ", expected record %" PRIu64,
                      message->partition, sequence, message->offset, producer->delivered[message->partition]);
        producer->delivered[message->partition]++;
        producer->outstanding--;
    }
}

void producer_serve(struct producer *producer, int timeout_ms)
{
    rd_kafka_event_t *event;
    while ((event = rd_kafka_queue_poll(producer->reports, timeout_ms)) != NULL) {
        timeout_ms = 0;
        if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) {
            client_error_event(producer->client, event);
            continue;
        }
        take_reports(producer, event);
        rd_kafka_event_destroy(event);
    }
}

void producer_drain(struct producer *producer)
{
    while (producer->outstanding > 0) {
        int64_t before = producer->outstanding;
        producer_serve(producer, REPORT_TIMEOUT_MS);
        if (producer->outstanding == before)
            fail("%" PRId64 " records without a delivery report after %d s", before, REPORT_TIMEOUT_MS / 1000);
    }
}

void producer_close(struct producer *producer)
{
    rd_kafka_queue_destroy(producer->reports);
    rd_kafka_topic_destroy(producer->topic);
    rd_kafka_destroy(producer->client);
    free(producer->produced);
    free(producer->delivered);
    free(producer->payloads);
    free(producer->messages);
}

double producer_flood(struct producer *producer)
{
    const struct options *options = producer->options;
    int chunk = CHUNK_BYTES / options->size;
    chunk = chunk < 1 ? 1 : chunk > CHUNK_MAX ? CHUNK_MAX : chunk;
    int64_t window = WINDOW_BYTES / options->size;
    if (window > WINDOW_RECORDS)
        window = WINDOW_RECORDS;

    uint64_t start = now_ns();
    int64_t left = options->records;
    for (int partition = 0; left > 0; partition = (partition + 1) % options->partitions) {
        int count = left < chunk ? (int)left : chunk;
        producer_send(producer, partition, count, 0);
        left -= count;
        producer_serve(producer, 0);
        while (producer->outstanding > window - chunk) {
            int64_t before = producer->outstanding;
            producer_serve(producer, REPORT_TIMEOUT_MS);
            if (producer->outstanding == before)
                fail("no delivery report for %d s", REPORT_TIMEOUT_MS / 1000);
        }
    }
    producer_drain(producer);
    return (double)(now_ns() - start) / 1e9;
}

void scenario_produce(const struct options *options)
{
    struct producer producer;
    producer_open(&producer, options, PRODUCER_THROUGHPUT);
    double cpu = process_cpu_seconds(options->broker_pid);
    double seconds = producer_flood(&producer);
    cpu = process_cpu_seconds(options->broker_pid) - cpu;

    printf("{\"records\": %" PRId64 ", \"bytes\": %" PRId64 ", \"seconds\": %.6f, \"records_per_second\": %.1f, "
           "\"broker_cpu_seconds\": %.6f",
           options->records, options->records * options->size, seconds, (double)options->records / seconds, cpu);
    if (options->verify) {
        struct drain drain = drain_topic(options, producer.delivered);
        printf(", \"read_back_records_per_second\": %.1f, \"read_back_broker_cpu_seconds\": %.6f", drain_rate(&drain), drain.cpu_seconds);
    }
    printf("}\n");
    producer_close(&producer);
}

void scenario_one_at_a_time(const struct options *options)
{
    enum { WARM_UP_RECORDS = 200 };
    struct producer producer;
    struct samples samples = {0};
    double cpu = 0;
    producer_open(&producer, options, PRODUCER_LOWEST_LATENCY);
    for (int64_t i = -WARM_UP_RECORDS; i < options->records; i++) {
        if (i == 0)
            cpu = process_cpu_seconds(options->broker_pid);
        uint64_t start = now_ns();
        producer_send(&producer, (int)(producer.total % options->partitions), 1, 0);
        producer_drain(&producer);
        if (i >= 0)
            samples_add(&samples, now_ns() - start);
    }
    cpu = process_cpu_seconds(options->broker_pid) - cpu;
    samples_sort(&samples);
    printf("{\"records\": %" PRId64 ", \"bytes\": %" PRId64 ", \"p50_us\": %.1f, \"p99_us\": %.1f, \"max_us\": %.1f, "
           "\"broker_cpu_seconds\": %.6f}\n",
           options->records, options->records * options->size, samples_percentile_us(&samples, 50), samples_percentile_us(&samples, 99),
           samples_percentile_us(&samples, 100), cpu);
    samples_free(&samples);
    producer_close(&producer);
}
