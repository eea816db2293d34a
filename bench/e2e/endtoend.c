/* Latency from produce() to the consumer, at a fixed rate, in one process and so on one clock. */
#include "consume.h"
#include "measure.h"
#include "produce.h"
#include "scenario.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { STALL_TIMEOUT_MS = 30000 };

struct pacer {
    struct producer *producer;
    uint64_t start_ns;
    uint64_t latest_ns; /* the most a record was sent behind its time */
};

/* Sends record i at start + i / rate, however long earlier records take. */
static void *pace(void *argument)
{
    struct pacer *pacer = argument;
    const struct options *options = pacer->producer->options;
    int64_t total = options->records + options->rate;
    for (int64_t i = 0; i < total; i++) {
        uint64_t due = pacer->start_ns + (uint64_t)i * 1000000000u / (uint64_t)options->rate;
        struct timespec until = {.tv_sec = (time_t)(due / 1000000000u), .tv_nsec = (long)(due % 1000000000u)};
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0)
            ;
        uint64_t now = now_ns();
        if (i >= options->rate && now - due > pacer->latest_ns)
            pacer->latest_ns = now - due;
        producer_send(pacer->producer, (int)(i % options->partitions), 1, now);
        producer_serve(pacer->producer, 0);
    }
    producer_drain(pacer->producer);
    return NULL;
}

void scenario_end_to_end(const struct options *options)
{
    struct producer producer;
    struct consumer consumer;
    struct samples samples = {0};
    producer_open(&producer, options, PRODUCER_LOWEST_LATENCY);
    consumer_open(&consumer, options, CONSUMER_LOWEST_LATENCY);
    consumer_assign(&consumer);

    /* The producer's first record of each partition and one second of load are the warm-up. */
    int64_t warm_up = options->partitions + options->rate;
    struct pacer pacer = {.producer = &producer, .start_ns = now_ns() + 200000000u};
    pthread_t thread;
    int error = pthread_create(&thread, NULL, pace, &pacer);
    if (error != 0)
        fail("cannot start the producer thread: %s", strerror(error));

    double cpu = 0;
    for (int64_t received = 0; received < warm_up + options->records; received++) {
        rd_kafka_message_t *message = rd_kafka_consume_queue(consumer.queue, STALL_TIMEOUT_MS);
        uint64_t now = now_ns();
        if (message == NULL)
            fail_lost("nothing more came for %d s after %" PRId64 " of %" PRId64 " records", STALL_TIMEOUT_MS / 1000, received,
                      warm_up + options->records);
        uint64_t sent = consumer_check(&consumer, message);
        if (received == warm_up)
            cpu = process_cpu_seconds(options->broker_pid);
        if (received >= warm_up)
            samples_add(&samples, now - sent);
        rd_kafka_message_destroy(message);
    }
    cpu = process_cpu_seconds(options->broker_pid) - cpu;
    pthread_join(thread, NULL);

    samples_sort(&samples);
    printf("{\"records\": %" PRId64 ", \"bytes\": %" PRId64 ", \"rate\": %d, \"p50_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f, "
           "\"max_us\": %.1f, \"sent_late_max_us\": %.1f, \"broker_cpu_seconds\": %.6f}\n",
           options->records, options->records * options->size, options->rate, samples_percentile_us(&samples, 50),
           samples_percentile_us(&samples, 99), samples_percentile_us(&samples, 99.9), samples_percentile_us(&samples, 100),
           (double)pacer.latest_ns / 1000.0, cpu);
    samples_free(&samples);
    consumer_unassign(&consumer);
    consumer_close(&consumer);
    producer_close(&producer);
}
