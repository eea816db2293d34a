/*
 * mock: librdkafka's in-memory mock cluster of one broker, in a process of its own so that its CPU time and memory
 * can be told from the client's.
 *
 *   mock TOPIC:PARTITIONS...
 *
 * Prints its bootstrap address, then serves until its standard input ends.
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void create_topic(rd_kafka_mock_cluster_t *cluster, char *argument)
{
    char *colon = strrchr(argument, ':');
    int partitions = colon == NULL ? 0 : atoi(colon + 1);
    if (partitions < 1) {
        fprintf(stderr, "mock: expected TOPIC:PARTITIONS, not '%s'\n", argument);
        exit(2);
    }
    *colon = '\0';
    rd_kafka_resp_err_t error = rd_kafka_mock_topic_create(cluster, argument, partitions, 1);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        fprintf(stderr, "mock: topic %s: %s\n", argument, rd_kafka_err2str(error));
        exit(1);
    }
}

int main(int argc, char **argv)
{
    char text[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, NULL); /* or it warns that this client, which hosts the mock, has no brokers */
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (client == NULL) {
        fprintf(stderr, "mock: %s\n", text);
        return 1;
    }
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(client, 1);
    if (cluster == NULL) {
        fprintf(stderr, "mock: cannot start the mock cluster\n");
        return 1;
    }
    for (int i = 1; i < argc; i++)
        create_topic(cluster, argv[i]);

    printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
    if (fflush(stdout) != 0) {
        perror("mock: standard output");
        return 1;
    }
    while (read(STDIN_FILENO, text, sizeof text) > 0)
        ;
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(client);
    return 0;
}
