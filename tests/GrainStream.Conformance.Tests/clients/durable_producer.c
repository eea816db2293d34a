/*
 * durable_producer: an idempotent acks=all producer of numbered records that goes on through broker restarts and
 * notes each acknowledgement: one line "PARTITION SEQUENCE OFFSET" per record, written as soon as it is reported
 * (offset -1: the broker said it has the record already, but no longer where).
 *
 * On SIGTERM or SIGINT it stops producing, waits for what is in flight and ends.
 * Exit: 0 everything delivered; 1 failed, or a record was refused for good; 2 usage; 4 not everything was delivered in time.
 */
#include "client.h"
#include "durable_record.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>

enum { EXIT_UNDELIVERED = 4, TICK_MS = 10 };

static const struct setting settings[] = {
    {"acks", "all"},
    {"enable.idempotence", "true"},
    {"linger.ms", "5"},
    {"queue.buffering.max.messages", "2000000"},
    {"message.timeout.ms", "0"}, /* never give a record up */
    {"reconnect.backoff.ms", "20"},
    {"reconnect.backoff.max.ms", "200"},
    {"log_level", "2"}, /* it is about broken connections, which are what this is for */
    {NULL, NULL}};

struct run {
    const char *bootstrap, *topic, *run, *acks_path;
    int partitions, size, in_flight, rate, flush_seconds;
    int64_t records; /* 0: until told to stop */
    int create;
    rd_kafka_t *client;
    rd_kafka_topic_t *handle;
    rd_kafka_queue_t *reports;
    FILE *acks;
    int64_t *next; /* by partition: the next sequence number */
    int64_t produced, acknowledged, without_offset, failed;
};

static volatile sig_atomic_t stopping;

static void stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

static void usage(void)
{
    fputs("usage: durable_producer --bootstrap HOST:PORT --topic NAME --run ID [options]\n"
          "  --run ID             at most 32 characters, in every value\n"
          "  --acks FILE          where acknowledgements go, - for standard output (-)\n"
          "  --create             create the topic first\n"
          "  --partitions N (8)   --size BYTES (100, at least 80)\n"
          "  --in-flight N        records without acknowledgement at most (10000)\n"
          "  --rate N             records per second at most, 0 for no limit (0)\n"
          "  --records N          stop by itself after so many, 0 for never (0)\n"
          "  --flush-seconds N    how long to wait for what is in flight when stopping (60)\n",
          stderr);
    exit(EXIT_USAGE);
}

static struct run parse(int argc, char **argv)
{
    static const struct option known[] = {
        {"bootstrap", required_argument, NULL, 'b'},  {"topic", required_argument, NULL, 't'},
        {"run", required_argument, NULL, 'i'},        {"acks", required_argument, NULL, 'a'},
        {"create", no_argument, NULL, 'c'},           {"partitions", required_argument, NULL, 'p'},
        {"size", required_argument, NULL, 's'},       {"in-flight", required_argument, NULL, 'f'},
        {"rate", required_argument, NULL, 'r'},       {"records", required_argument, NULL, 'n'},
        {"flush-seconds", required_argument, NULL, 'w'}, {NULL, 0, NULL, 0}};
    struct run run = {.acks_path = "-", .partitions = 8, .size = 100, .in_flight = 10000, .flush_seconds = 60};
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'b': run.bootstrap = optarg; break;
        case 't': run.topic = optarg; break;
        case 'i': run.run = optarg; break;
        case 'a': run.acks_path = optarg; break;
        case 'c': run.create = 1; break;
        case 'p': run.partitions = (int)option_number("--partitions", optarg, 1, 10000); break;
        case 's': run.size = (int)option_number("--size", optarg, DURABLE_SIZE_MIN, DURABLE_SIZE_MAX); break;
        case 'f': run.in_flight = (int)option_number("--in-flight", optarg, 1, 1000000); break;
        case 'r': run.rate = (int)option_number("--rate", optarg, 0, 10000000); break;
        case 'n': run.records = option_number("--records", optarg, 0, INT64_MAX); break;
        case 'w': run.flush_seconds = (int)option_number("--flush-seconds", optarg, 0, 3600); break;
        default: usage();
        }
    }
    if (optind != argc || run.bootstrap == NULL || run.topic == NULL || run.run == NULL || strlen(run.run) > DURABLE_RUN_MAX ||
        strchr(run.run, ':') != NULL)
        usage();
    return run;
}

static void take_reports(struct run *run, rd_kafka_event_t *event)
{
    const rd_kafka_message_t *message;
    while ((message = rd_kafka_event_message_next(event)) != NULL) {
        int64_t sequence = (int64_t)(intptr_t)message->_private;
        if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            if (run->failed++ < 10)
                fprintf(stderr, "durable_producer: partition %" PRId32 " record %" PRId64 " failed: %s\n", message->partition, sequence,
                        rd_kafka_err2str(message->err));
            continue;
        }
        if (message->offset < 0)
            run->without_offset++;
        run->acknowledged++;
        if (fprintf(run->acks, "%" PRId32 " %" PRId64 " %" PRId64 "\n", message->partition, sequence, message->offset) < 0)
            fail("writing %s: %s", run->acks_path, strerror(errno));
    }
    if (fflush(run->acks) != 0)
        fail("writing %s: %s", run->acks_path, strerror(errno));
}

/* A lost connection is what this program is there for; only a fatal error of the producer ends it. */
static void take_error(struct run *run, rd_kafka_event_t *event)
{
    char reason[512];
    if (rd_kafka_fatal_error(run->client, reason, sizeof reason) != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail("fatal: %s", reason);
    rd_kafka_event_destroy(event);
}

static void serve(struct run *run, int timeout_ms)
{
    rd_kafka_event_t *event;
    while ((event = rd_kafka_queue_poll(run->reports, timeout_ms)) != NULL) {
        timeout_ms = 0;
        if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) {
            take_error(run, event);
            continue;
        }
        take_reports(run, event);
        rd_kafka_event_destroy(event);
    }
}

static int64_t outstanding(const struct run *run)
{
    return run->produced - run->acknowledged - run->failed;
}

static void produce(struct run *run, char *value)
{
    char key[DURABLE_KEY_MAX];
    int partition = (int)(run->produced % run->partitions);
    int64_t sequence = run->next[partition];
    int key_length = durable_key(key, partition);
    durable_value(value, run->size, run->run, partition, sequence);
    if (rd_kafka_produce(run->handle, partition, RD_KAFKA_MSG_F_COPY, value, (size_t)run->size, key, (size_t)key_length,
                         (void *)(intptr_t)sequence) != 0)
        fail("librdkafka refused a record: %s", rd_kafka_err2str(rd_kafka_last_error()));
    run->next[partition]++;
    run->produced++;
}

static void produce_until_stopped(struct run *run)
{
    char *value = allocate(1, DURABLE_SIZE_MAX);
    uint64_t tick = now_ns();
    int64_t allowed = 0;
    while (!stopping && run->failed == 0 && (run->records == 0 || run->produced < run->records)) {
        if (run->rate > 0 && allowed == 0) {
            tick += TICK_MS * 1000000u;
            while (now_ns() < tick && !stopping)
                serve(run, 1);
            /* Time lost to an outage is not made up for. */
            if (now_ns() > tick + 100 * 1000000u)
                tick = now_ns();
            allowed = run->rate / (1000 / TICK_MS) + 1;
        }
        if (outstanding(run) >= run->in_flight) {
            serve(run, 100);
            continue;
        }
        produce(run, value);
        allowed--;
        if (run->produced % 512 == 0)
            serve(run, 0);
    }
    free(value);
}

int main(int argc, char **argv)
{
    struct run run = parse(argc, argv);
    struct sigaction action = {.sa_handler = stop};
    if (sigaction(SIGTERM, &action, NULL) != 0 || sigaction(SIGINT, &action, NULL) != 0)
        fail("sigaction: %s", strerror(errno));
    run.acks = strcmp(run.acks_path, "-") == 0 ? stdout : fopen(run.acks_path, "w");
    if (run.acks == NULL)
        fail("%s: %s", run.acks_path, strerror(errno));

    if (run.create)
        client_create_topic(run.bootstrap, run.topic, run.partitions);
    run.client = client_new(RD_KAFKA_PRODUCER, run.bootstrap, settings);
    run.handle = client_topic(run.client, run.topic, run.partitions);
    run.reports = rd_kafka_queue_get_main(run.client);
    run.next = allocate((size_t)run.partitions, sizeof *run.next);

    produce_until_stopped(&run);
    uint64_t deadline = now_ns() + (uint64_t)run.flush_seconds * 1000000000u;
    while (outstanding(&run) > 0 && now_ns() < deadline)
        serve(&run, 100);
    int64_t left = outstanding(&run);
    if (run.acks != stdout && fclose(run.acks) != 0)
        fail("writing %s: %s", run.acks_path, strerror(errno));

    fprintf(stderr, "durable_producer: %" PRId64 " produced, %" PRId64 " acknowledged (%" PRId64 " without an offset), %" PRId64
                    " failed, %" PRId64 " in flight\n",
            run.produced, run.acknowledged, run.without_offset, run.failed, left);
    if (left > 0)
        rd_kafka_purge(run.client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_queue_destroy(run.reports);
    rd_kafka_topic_destroy(run.handle);
    rd_kafka_destroy(run.client);
    free(run.next);
    return run.failed > 0 ? EXIT_FAILED : left > 0 ? EXIT_UNDELIVERED : 0;
}
