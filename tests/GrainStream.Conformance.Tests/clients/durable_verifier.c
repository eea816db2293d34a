/*
 * durable_verifier: reads a whole topic from the earliest offset and holds it against what durable_producer was told.
 *
 * Every partition must hold records 0, 1, 2 ... of the run, each once, in order, byte for byte, at offsets without
 * gaps; every acknowledged record must be there, at the offset of its acknowledgement. Records that were sent but
 * never acknowledged may follow the acknowledged ones.
 *
 * Exit: 0 all of it holds; 1 could not be verified; 2 usage; 3 it does not hold. The last line sums up.
 */
#include "client.h"
#include "durable_record.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>

enum { BATCH = 1000, STALL_TIMEOUT_MS = 60000, WATERMARK_TIMEOUT_MS = 30000, REPORTED_MAX = 20 };
enum { NOT_ACKNOWLEDGED = -2, WITHOUT_OFFSET = -1 };

static const struct setting settings[] = {
    {"check.crcs", "true"}, {"enable.auto.commit", "false"}, {"auto.offset.reset", "error"}, {NULL, NULL}};

struct partition {
    int64_t *acknowledged; /* by sequence number: the offset, or one of the two above */
    int64_t count, capacity;
    int64_t next_sequence, next_offset, end_offset;
};

struct run {
    const char *bootstrap, *topic, *run, *acks_path;
    int partitions;
    struct partition *by_partition;
    int64_t acknowledgements, without_offset, read, unacknowledged;
    int64_t lost, doubled, out_of_order, misplaced, altered;
};

static void usage(void)
{
    fputs("usage: durable_verifier --bootstrap HOST:PORT --topic NAME --run ID --acks FILE [--partitions N (8)]\n", stderr);
    exit(EXIT_USAGE);
}

static struct run parse(int argc, char **argv)
{
    static const struct option known[] = {{"bootstrap", required_argument, NULL, 'b'}, {"topic", required_argument, NULL, 't'},
                                          {"run", required_argument, NULL, 'i'},       {"acks", required_argument, NULL, 'a'},
                                          {"partitions", required_argument, NULL, 'p'}, {NULL, 0, NULL, 0}};
    struct run run = {.partitions = 8};
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'b': run.bootstrap = optarg; break;
        case 't': run.topic = optarg; break;
        case 'i': run.run = optarg; break;
        case 'a': run.acks_path = optarg; break;
        case 'p': run.partitions = (int)option_number("--partitions", optarg, 1, 10000); break;
        default: usage();
        }
    }
    if (optind != argc || run.bootstrap == NULL || run.topic == NULL || run.run == NULL || strlen(run.run) > DURABLE_RUN_MAX ||
        run.acks_path == NULL)
        usage();
    return run;
}

static void report(int64_t *counter, const struct run *run, int partition, int64_t offset, const char *what, int64_t sequence)
{
    int64_t reported = run->lost + run->doubled + run->out_of_order + run->misplaced + run->altered;
    if (reported < REPORTED_MAX)
        printf("partition %d offset %" PRId64 ": %s (record %" PRId64 ")\n", partition, offset, what, sequence);
    (*counter)++;
}

static void acknowledge(struct run *run, int number, int64_t sequence, int64_t offset)
{
    struct partition *partition = &run->by_partition[number];
    if (sequence >= partition->capacity) {
        int64_t capacity = partition->capacity == 0 ? 65536 : partition->capacity;
        while (capacity <= sequence)
            capacity *= 2;
        int64_t *grown = realloc(partition->acknowledged, (size_t)capacity * sizeof *grown);
        if (grown == NULL)
            fail("out of memory for %" PRId64 " acknowledgements", capacity);
        partition->acknowledged = grown;
        partition->capacity = capacity;
    }
    while (partition->count <= sequence)
        partition->acknowledged[partition->count++] = NOT_ACKNOWLEDGED;
    if (partition->acknowledged[sequence] != NOT_ACKNOWLEDGED)
        fail("%s: partition %d record %" PRId64 " is acknowledged twice", run->acks_path, number, sequence);
    partition->acknowledged[sequence] = offset;
    run->acknowledgements++;
    if (offset == WITHOUT_OFFSET)
        run->without_offset++;
}

static void read_acknowledgements(struct run *run)
{
    char line[128];
    FILE *file = fopen(run->acks_path, "r");
    if (file == NULL)
        fail("%s: %s", run->acks_path, strerror(errno));
    while (fgets(line, sizeof line, file) != NULL) {
        int partition, length = 0;
        int64_t sequence, offset;
        if (strchr(line, '\n') == NULL)
            break; /* the producer was killed in the middle of it */
        if (sscanf(line, "%d %" SCNd64 " %" SCNd64 " %n", &partition, &sequence, &offset, &length) != 3 || line[length] != '\0' ||
            partition < 0 || partition >= run->partitions || sequence < 0 || sequence > INT64_MAX / 4 || offset < WITHOUT_OFFSET)
            fail("%s: not an acknowledgement: %s", run->acks_path, line);
        acknowledge(run, partition, sequence, offset);
    }
    if (ferror(file))
        fail("%s: %s", run->acks_path, strerror(errno));
    fclose(file);
}

/* The sequence number in a value, or -1 if the record is not, byte for byte, one of the run in its own partition. */
static int64_t sequence_of(const struct run *run, const rd_kafka_message_t *message)
{
    char expected[DURABLE_SIZE_MAX], key[DURABLE_KEY_MAX], prefix[DURABLE_SIZE_MIN], digits[24];
    int key_length = durable_key(key, message->partition);
    size_t at = (size_t)snprintf(prefix, sizeof prefix, "%s:%d:", run->run, (int)message->partition);
    if (message->len < DURABLE_SIZE_MIN || message->len > DURABLE_SIZE_MAX || message->key_len != (size_t)key_length ||
        memcmp(message->key, key, (size_t)key_length) != 0 || memcmp(message->payload, prefix, at) != 0)
        return -1;
    memcpy(digits, (const char *)message->payload + at, sizeof digits - 1);
    digits[sizeof digits - 1] = '\0';
    int64_t sequence = strtoll(digits, NULL, 10);
    if (sequence < 0)
        return -1;
    durable_value(expected, (int)message->len, run->run, message->partition, sequence);
    return memcmp(message->payload, expected, message->len) == 0 ? sequence : -1;
}

static void check(struct run *run, const rd_kafka_message_t *message)
{
    int number = message->partition;
    struct partition *partition = &run->by_partition[number];
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail("consuming partition %d: %s", number, rd_kafka_message_errstr(message));
    run->read++;
    int64_t sequence = sequence_of(run, message);
    if (message->offset != partition->next_offset)
        report(&run->out_of_order, run, number, message->offset, "not the offset that follows", sequence);
    partition->next_offset = message->offset + 1;

    if (sequence < 0) {
        report(&run->altered, run, number, message->offset, "not a record of this run", sequence);
        return;
    }
    if (sequence < partition->next_sequence) {
        report(&run->doubled, run, number, message->offset, "this record was there before", sequence);
        return;
    }
    for (int64_t missing = partition->next_sequence; missing < sequence; missing++)
        report(missing < partition->count && partition->acknowledged[missing] != NOT_ACKNOWLEDGED ? &run->lost : &run->out_of_order, run,
               number, message->offset, "records before this one are missing", missing);
    partition->next_sequence = sequence + 1;

    int64_t offset = sequence < partition->count ? partition->acknowledged[sequence] : NOT_ACKNOWLEDGED;
    if (offset == NOT_ACKNOWLEDGED)
        run->unacknowledged++;
    else if (offset != WITHOUT_OFFSET && offset != message->offset)
        report(&run->misplaced, run, number, message->offset, "acknowledged at another offset", sequence);
}

static int64_t query_ends(struct run *run, rd_kafka_t *client)
{
    int64_t total = 0;
    for (int i = 0; i < run->partitions; i++) {
        int64_t low;
        struct partition *partition = &run->by_partition[i];
        rd_kafka_resp_err_t error =
            rd_kafka_query_watermark_offsets(client, run->topic, i, &low, &partition->end_offset, WATERMARK_TIMEOUT_MS);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
            fail("watermarks of partition %d: %s", i, rd_kafka_err2str(error));
        partition->next_offset = low;
        total += partition->end_offset - low;
    }
    return total;
}

static void read_topic(struct run *run)
{
    rd_kafka_t *client = client_new(RD_KAFKA_CONSUMER, run->bootstrap, settings);
    rd_kafka_topic_t *topic = client_topic(client, run->topic, run->partitions);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    rd_kafka_message_t **messages = allocate(BATCH, sizeof *messages);
    int64_t total = query_ends(run, client);
    for (int i = 0; i < run->partitions; i++)
        if (rd_kafka_consume_start_queue(topic, i, RD_KAFKA_OFFSET_BEGINNING, queue) != 0)
            fail("cannot consume partition %d: %s", i, rd_kafka_err2str(rd_kafka_last_error()));

    while (run->read < total) {
        size_t wanted = total - run->read < BATCH ? (size_t)(total - run->read) : BATCH;
        ssize_t count = rd_kafka_consume_batch_queue(queue, STALL_TIMEOUT_MS, messages, wanted);
        if (count < 0)
            fail("consuming: %s", rd_kafka_err2str(rd_kafka_last_error()));
        if (count == 0)
            fail("nothing more came for %d s after %" PRId64 " of %" PRId64 " records", STALL_TIMEOUT_MS / 1000, run->read, total);
        for (ssize_t i = 0; i < count; i++) {
            check(run, messages[i]);
            rd_kafka_message_destroy(messages[i]);
        }
    }

    for (int i = 0; i < run->partitions; i++)
        rd_kafka_consume_stop(topic, i);
    free(messages);
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(client);
}

static void check_ends(struct run *run)
{
    for (int i = 0; i < run->partitions; i++) {
        struct partition *partition = &run->by_partition[i];
        for (int64_t sequence = partition->next_sequence; sequence < partition->count; sequence++)
            if (partition->acknowledged[sequence] != NOT_ACKNOWLEDGED)
                report(&run->lost, run, i, partition->acknowledged[sequence], "acknowledged and not there", sequence);
        free(partition->acknowledged);
    }
}

int main(int argc, char **argv)
{
    struct run run = parse(argc, argv);
    run.by_partition = allocate((size_t)run.partitions, sizeof *run.by_partition);
    read_acknowledgements(&run);
    read_topic(&run);
    check_ends(&run);
    free(run.by_partition);
    int64_t problems = run.lost + run.doubled + run.out_of_order + run.misplaced + run.altered;
    printf("%s: %" PRId64 " records in %d partitions, %" PRId64 " acknowledged (%" PRId64 " without an offset), %" PRId64
           " unacknowledged; %" PRId64 " lost, %" PRId64 " doubled, %" PRId64 " out of order, %" PRId64 " misplaced, %" PRId64 " altered\n",
           problems == 0 ? "verified" : "NOT VERIFIED", run.read, run.partitions, run.acknowledgements, run.without_offset,
           run.unacknowledged, run.lost, run.doubled, run.out_of_order, run.misplaced, run.altered);
    return problems == 0 ? 0 : EXIT_RECORDS_LOST;
}
