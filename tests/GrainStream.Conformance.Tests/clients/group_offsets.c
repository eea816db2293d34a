/*
 * Offsets of groups through the admin API of a recent librdkafka, which its bindings lack.
 *
 *   group_offsets offsets_are_listed_altered_and_deleted BOOTSTRAP GROUP TOPIC
 *
 * The topic has three partitions and ten records in the first. Exits with 0 if the scenario holds.
 */
#include "client.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 30000, POLL_MS = 200 };

static rd_kafka_t *admin;
static const char *group, *topic;

static rd_kafka_event_t *answer_on(rd_kafka_queue_t *queue, const char *what)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, TIMEOUT_MS);
    if (event == NULL)
        fail("%s: no answer", what);
    if (rd_kafka_event_error(event) != 0)
        fail("%s: %s", what, rd_kafka_event_error_string(event));
    return event;
}

/* Checks that the only group of a result has no error of its own, and returns its partitions. */
static const rd_kafka_topic_partition_list_t *only(const rd_kafka_group_result_t **results, size_t count, const char *what)
{
    if (count != 1 || strcmp(rd_kafka_group_result_name(results[0]), group) != 0)
        fail("%s: not the group asked for", what);
    const rd_kafka_error_t *error = rd_kafka_group_result_error(results[0]);
    if (error != NULL)
        fail("%s: %s", what, rd_kafka_error_string(error));
    return rd_kafka_group_result_partitions(results[0]);
}

/* Alters the offset of one partition; the error it got. */
static rd_kafka_resp_err_t alter(int32_t partition, int64_t offset)
{
    rd_kafka_topic_partition_list_t *wanted = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(wanted, topic, partition)->offset = offset;
    rd_kafka_AlterConsumerGroupOffsets_t *request = rd_kafka_AlterConsumerGroupOffsets_new(group, wanted);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(admin);
    rd_kafka_AlterConsumerGroupOffsets(admin, &request, 1, NULL, queue);
    rd_kafka_event_t *event = answer_on(queue, "alter");
    size_t count;
    const rd_kafka_group_result_t **results =
        rd_kafka_AlterConsumerGroupOffsets_result_groups(rd_kafka_event_AlterConsumerGroupOffsets_result(event), &count);
    rd_kafka_resp_err_t error = only(results, count, "alter")->elems[0].err;
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_AlterConsumerGroupOffsets_destroy(request);
    rd_kafka_topic_partition_list_destroy(wanted);
    return error;
}

/* Deletes the offset of one partition; the error it got. */
static rd_kafka_resp_err_t delete_offset(int32_t partition)
{
    rd_kafka_topic_partition_list_t *wanted = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(wanted, topic, partition);
    rd_kafka_DeleteConsumerGroupOffsets_t *request = rd_kafka_DeleteConsumerGroupOffsets_new(group, wanted);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(admin);
    rd_kafka_DeleteConsumerGroupOffsets(admin, &request, 1, NULL, queue);
    rd_kafka_event_t *event = answer_on(queue, "delete");
    size_t count;
    const rd_kafka_group_result_t **results =
        rd_kafka_DeleteConsumerGroupOffsets_result_groups(rd_kafka_event_DeleteConsumerGroupOffsets_result(event), &count);
    rd_kafka_resp_err_t error = only(results, count, "delete")->elems[0].err;
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_DeleteConsumerGroupOffsets_destroy(request);
    rd_kafka_topic_partition_list_destroy(wanted);
    return error;
}

/* Checks all offsets of the group: as many as there are partitions, -1 for none. */
static void require_offsets(const char *when, const int64_t expected[3])
{
    int64_t found[3] = {-1, -1, -1};
    rd_kafka_ListConsumerGroupOffsets_t *request = rd_kafka_ListConsumerGroupOffsets_new(group, NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(admin);
    rd_kafka_ListConsumerGroupOffsets(admin, &request, 1, NULL, queue);
    rd_kafka_event_t *event = answer_on(queue, "list");
    size_t count;
    const rd_kafka_group_result_t **results =
        rd_kafka_ListConsumerGroupOffsets_result_groups(rd_kafka_event_ListConsumerGroupOffsets_result(event), &count);
    const rd_kafka_topic_partition_list_t *listed = only(results, count, "list");
    for (int i = 0; i < listed->cnt; i++)
        found[listed->elems[i].partition] = listed->elems[i].offset;
    for (int i = 0; i < 3; i++)
        if (found[i] != expected[i])
            fail("%s, partition %d: offset %lld instead of %lld", when, i, (long long)found[i], (long long)expected[i]);
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_ListConsumerGroupOffsets_destroy(request);
}

static void require_error(const char *what, rd_kafka_resp_err_t error, rd_kafka_resp_err_t expected)
{
    if (error != expected)
        fail("%s: %s instead of %s", what, rd_kafka_err2name(error), rd_kafka_err2name(expected));
}

/* A member of the group that has partitions. */
static rd_kafka_t *member_new(const char *bootstrap)
{
    const struct setting settings[] = {{"group.id", group}, {"session.timeout.ms", "6000"}, {"enable.auto.commit", "false"}, {NULL, NULL}};
    rd_kafka_t *member = client_new(RD_KAFKA_CONSUMER, bootstrap, settings);
    rd_kafka_poll_set_consumer(member);
    rd_kafka_topic_partition_list_t *wanted = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(wanted, topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(member, wanted);
    rd_kafka_topic_partition_list_destroy(wanted);

    uint64_t start = now_ns();
    for (bool assigned = false; !assigned;) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(member, POLL_MS);
        if (message != NULL)
            rd_kafka_message_destroy(message);
        rd_kafka_topic_partition_list_t *owned;
        if (rd_kafka_assignment(member, &owned) == RD_KAFKA_RESP_ERR_NO_ERROR) {
            assigned = owned->cnt == 3;
            rd_kafka_topic_partition_list_destroy(owned);
        }
        if (now_ns() - start > (uint64_t)TIMEOUT_MS * 1000000)
            fail("the member got no partitions");
    }
    return member;
}

static void offsets_are_listed_altered_and_deleted(const char *bootstrap)
{
    require_offsets("in an unknown group", (const int64_t[]){-1, -1, -1});
    require_error("altering", alter(0, 4), RD_KAFKA_RESP_ERR_NO_ERROR);
    require_error("altering", alter(1, 0), RD_KAFKA_RESP_ERR_NO_ERROR);
    require_offsets("altered", (const int64_t[]){4, 0, -1});

    rd_kafka_t *member = member_new(bootstrap);
    require_error("altering while there are members", alter(0, 5), RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID);
    require_error("deleting while there are members", delete_offset(0), RD_KAFKA_RESP_ERR_GROUP_SUBSCRIBED_TO_TOPIC);
    require_offsets("still", (const int64_t[]){4, 0, -1});
    rd_kafka_consumer_close(member);
    rd_kafka_destroy(member);

    require_error("deleting", delete_offset(0), RD_KAFKA_RESP_ERR_NO_ERROR);
    require_offsets("deleted", (const int64_t[]){-1, 0, -1});
}

int main(int argc, char **argv)
{
    if (argc != 5 || strcmp(argv[1], "offsets_are_listed_altered_and_deleted") != 0) {
        fputs("usage: group_offsets offsets_are_listed_altered_and_deleted BOOTSTRAP GROUP TOPIC\n", stderr);
        return EXIT_USAGE;
    }
    group = argv[3];
    topic = argv[4];
    const struct setting none[] = {{NULL, NULL}};
    admin = client_new(RD_KAFKA_PRODUCER, argv[2], none);
    offsets_are_listed_altered_and_deleted(argv[2]);
    rd_kafka_destroy(admin);
    return 0;
}
