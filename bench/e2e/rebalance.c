/*
 * rebalance: how fast the members of one group come to own all partitions, and what moves when one leaves.
 *
 *   rebalance --bootstrap HOST:PORT --topic NAME --partitions N --members N --protocol classic|consumer [--assignor NAME]
 *
 * Linked against the librdkafka that comes with kafka-javascript, which knows both group protocols. Members are clients with a thread each, with
 * librdkafka's default time-outs. A state is stable when every partition has one owner, no member has more than one partition more than another,
 * and nothing changed for SETTLED_MS. Prints one line of JSON.
 */
#include "client.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { POLL_MS = 100, SETTLED_MS = 4000, LIMIT_MS = 120000, NOBODY = -1, MAX_MEMBERS = 64 };

struct member {
    int number;
    rd_kafka_t *client;
    pthread_t thread;
    atomic_bool leaving;
    int owned;
};

struct phase {
    double seconds;   /* from its start to the last change */
    int revoked;      /* partitions that members which stayed had to give up, also if they got them back */
    int moved;        /* partitions that went from one member that stayed to another */
};

static const char *bootstrap, *topic, *protocol = "consumer", *assignor;
static int partitions, member_count;
static struct member members[MAX_MEMBERS];
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static int *owner, *owner_before;
static int unowned, revoked, doubled;
static uint64_t last_change;

static void take(struct member *member, const rd_kafka_topic_partition_list_t *list)
{
    for (int i = 0; i < list->cnt; i++) {
        int partition = list->elems[i].partition;
        if (owner[partition] == NOBODY)
            unowned--;
        else {
            doubled++;
            members[owner[partition]].owned--;
        }
        owner[partition] = member->number;
        member->owned++;
    }
}

static void give_up(struct member *member, const rd_kafka_topic_partition_list_t *list)
{
    for (int i = 0; i < list->cnt; i++) {
        int partition = list->elems[i].partition;
        if (owner[partition] == member->number) {
            owner[partition] = NOBODY;
            unowned++;
            member->owned--;
            if (!atomic_load(&member->leaving))
                revoked++;
        }
    }
}

static void on_rebalance(rd_kafka_t *client, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct member *member = opaque;
    bool cooperative = strcmp(rd_kafka_rebalance_protocol(client), "COOPERATIVE") == 0;
    bool assigned = what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    pthread_mutex_lock(&gate);
    if (!assigned)
        give_up(member, list);
    pthread_mutex_unlock(&gate);

    if (cooperative) {
        rd_kafka_error_t *error = assigned ? rd_kafka_incremental_assign(client, list) : rd_kafka_incremental_unassign(client, list);
        if (error != NULL)
            fail("assigning: %s", rd_kafka_error_string(error));
    } else
        rd_kafka_assign(client, assigned ? list : NULL);

    pthread_mutex_lock(&gate);
    if (assigned)
        take(member, list);
    if (list->cnt > 0)
        last_change = now_ns();
    pthread_mutex_unlock(&gate);
}

static void *run_member(void *opaque)
{
    struct member *member = opaque;
    while (!atomic_load(&member->leaving)) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(member->client, POLL_MS);
        if (message != NULL)
            rd_kafka_message_destroy(message);
    }
    rd_kafka_consumer_close(member->client);
    return NULL;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char error[512];
    if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK)
        fail("setting %s=%s: %s", name, value, error);
}

static void start(struct member *member, const char *group)
{
    char error[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", bootstrap);
    set(conf, "group.id", group);
    set(conf, "group.protocol", protocol);
    set(conf, "enable.auto.commit", "false");
    if (assignor != NULL)
        set(conf, strcmp(protocol, "consumer") == 0 ? "group.remote.assignor" : "partition.assignment.strategy", assignor);
    rd_kafka_conf_set_opaque(conf, member);
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    member->client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    if (member->client == NULL)
        fail("cannot create a client: %s", error);
    rd_kafka_poll_set_consumer(member->client);
    atomic_store(&member->leaving, false);

    rd_kafka_topic_partition_list_t *wanted = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(wanted, topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t failed = rd_kafka_subscribe(member->client, wanted);
    if (failed != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail("subscribing: %s", rd_kafka_err2str(failed));
    rd_kafka_topic_partition_list_destroy(wanted);
    if (pthread_create(&member->thread, NULL, run_member, member) != 0)
        fail("cannot start a thread");
}

static bool is_whole(const bool *takes_part)
{
    int most = 0, least = partitions;
    for (int i = 0; i < member_count; i++) {
        if (!takes_part[i])
            continue;
        if (members[i].owned > most)
            most = members[i].owned;
        if (members[i].owned < least)
            least = members[i].owned;
    }
    return unowned == 0 && most - least <= 1;
}

static void begin_phase(void)
{
    pthread_mutex_lock(&gate);
    memcpy(owner_before, owner, (size_t)partitions * sizeof *owner);
    revoked = 0;
    last_change = now_ns();
    pthread_mutex_unlock(&gate);
}

/* Waits until the members that take part share all partitions and nothing has changed for a while. */
static struct phase end_phase(uint64_t started, const bool *takes_part, int leaver)
{
    for (;;) {
        nanosleep(&(struct timespec){.tv_nsec = 2 * 1000 * 1000}, NULL);
        pthread_mutex_lock(&gate);
        uint64_t now = now_ns();
        bool stable = is_whole(takes_part) && now - last_change >= (uint64_t)SETTLED_MS * 1000000;
        struct phase phase = {.seconds = (double)(last_change - started) / 1e9, .revoked = revoked};
        for (int i = 0; i < partitions; i++)
            if (owner_before[i] != NOBODY && owner_before[i] != leaver && owner[i] != owner_before[i])
                phase.moved++;
        int missing = unowned;
        pthread_mutex_unlock(&gate);
        if (stable)
            return phase;
        if (now - started > (uint64_t)LIMIT_MS * 1000000)
            fail("not stable after %d s: %d partitions without an owner", LIMIT_MS / 1000, missing);
    }
}

static void print(const char *name, struct phase phase, const char *end)
{
    printf("\"%s\": {\"seconds\": %.3f, \"revoked\": %d, \"moved\": %d}%s", name, phase.seconds, phase.revoked, phase.moved, end);
}

static void read_options(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--bootstrap") == 0)
            bootstrap = argv[i + 1];
        else if (strcmp(argv[i], "--topic") == 0)
            topic = argv[i + 1];
        else if (strcmp(argv[i], "--protocol") == 0)
            protocol = argv[i + 1];
        else if (strcmp(argv[i], "--assignor") == 0)
            assignor = argv[i + 1];
        else if (strcmp(argv[i], "--partitions") == 0)
            partitions = (int)option_number(argv[i], argv[i + 1], 1, 100000);
        else if (strcmp(argv[i], "--members") == 0)
            member_count = (int)option_number(argv[i], argv[i + 1], 2, MAX_MEMBERS);
    }
    if (bootstrap == NULL || topic == NULL || partitions == 0 || member_count == 0) {
        fputs("usage: rebalance --bootstrap HOST:PORT --topic NAME --partitions N --members N [--protocol classic|consumer] [--assignor NAME]\n", stderr);
        exit(EXIT_USAGE);
    }
}

int main(int argc, char **argv)
{
    bool takes_part[MAX_MEMBERS] = {false};
    char group[128];
    read_options(argc, argv);
    snprintf(group, sizeof group, "bench-%s-%s-%llu", protocol, assignor != NULL ? assignor : "default", (unsigned long long)now_ns());
    owner = allocate((size_t)partitions, sizeof *owner);
    owner_before = allocate((size_t)partitions, sizeof *owner);
    for (int i = 0; i < partitions; i++)
        owner[i] = NOBODY;
    unowned = partitions;
    for (int i = 0; i < member_count; i++)
        members[i].number = i;

    /* All at once: the clock starts with the last of them. */
    begin_phase();
    for (int i = 0; i < member_count; i++) {
        start(&members[i], group);
        takes_part[i] = true;
    }
    struct phase together = end_phase(now_ns(), takes_part, NOBODY);

    struct member *last = &members[member_count - 1];
    begin_phase();
    uint64_t started = now_ns();
    takes_part[last->number] = false;
    atomic_store(&last->leaving, true);
    pthread_join(last->thread, NULL);
    struct phase leaving = end_phase(started, takes_part, last->number);
    rd_kafka_destroy(last->client);

    /* Into a group that has been quiet. */
    begin_phase();
    started = now_ns();
    takes_part[last->number] = true;
    start(last, group);
    struct phase joining = end_phase(started, takes_part, NOBODY);

    for (int i = 0; i < member_count; i++)
        atomic_store(&members[i].leaving, true);
    for (int i = 0; i < member_count; i++) {
        pthread_join(members[i].thread, NULL);
        rd_kafka_destroy(members[i].client);
    }
    printf("{\"protocol\": \"%s\", \"assignor\": \"%s\", \"partitions\": %d, \"members\": %d, \"owned_twice\": %d, ", protocol,
           assignor != NULL ? assignor : "", partitions, member_count, doubled);
    print("all_join", together, ", ");
    print("one_leaves", leaving, ", ");
    print("one_joins", joining, "}\n");
    return 0;
}
