/*
 * load: one scenario of the end-to-end benchmark against one broker. Prints one line of JSON.
 *
 * The client's settings are the same whatever the broker. Scenarios expect a topic that is empty; `topic` makes it.
 */
#include "client.h"
#include "record.h"
#include "scenario.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void create_topic(const struct options *options)
{
    client_create_topic(options->bootstrap, options->topic, options->partitions);
}

static const struct {
    const char *name;
    void (*run)(const struct options *options);
} scenarios[] = {
    {"topic", create_topic},
    {"produce", scenario_produce},
    {"one-at-a-time", scenario_one_at_a_time},
    {"drain", scenario_drain},
    {"read-back", scenario_read_back},
    {"end-to-end", scenario_end_to_end},
};

static void usage(void)
{
    fputs("usage: load SCENARIO --bootstrap HOST:PORT --topic NAME [options]\n"
          "  topic          create the topic\n"
          "  produce        records/s of an idempotent acks=all producer\n"
          "  one-at-a-time  latency of acks=all, each record waiting for the one before\n"
          "  drain          produce, then records/s of a consumer from the earliest offset\n"
          "  read-back      records/s of a consumer that reads and checks all that an earlier `produce --run` wrote\n"
          "  end-to-end     latency from producer to consumer at a fixed rate\n"
          "options:\n"
          "  --partitions N (8)   --records N (100000)   --size BYTES (1024, at least 32)\n"
          "  --rate N (1000)      records per second, end-to-end only; one second of warm-up comes on top of --records\n"
          "  --broker-pid PID     also report the CPU time of this process\n"
          "  --run N              number that marks the records; default: a new one. read-back: that of `produce`\n"
          "  --verify             produce: read everything back and check it\n",
          stderr);
    exit(EXIT_USAGE);
}

static struct options parse(int argc, char **argv)
{
    static const struct option known[] = {
        {"bootstrap", required_argument, NULL, 'b'}, {"topic", required_argument, NULL, 't'},
        {"partitions", required_argument, NULL, 'p'}, {"records", required_argument, NULL, 'n'},
        {"size", required_argument, NULL, 's'},      {"rate", required_argument, NULL, 'r'},
        {"broker-pid", required_argument, NULL, 'P'}, {"verify", no_argument, NULL, 'v'},
        {"run", required_argument, NULL, 'R'},
        {NULL, 0, NULL, 0}};
    struct options options = {.partitions = 8, .records = 100000, .size = 1024, .rate = 1000};
    options.run = now_ns() ^ ((uint64_t)getpid() << 48);
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'b': options.bootstrap = optarg; break;
        case 't': options.topic = optarg; break;
        case 'p': options.partitions = (int)option_number("--partitions", optarg, 1, 10000); break;
        case 'n': options.records = option_number("--records", optarg, 1, INT64_MAX / (1024 * 1024)); break;
        case 's': options.size = (int)option_number("--size", optarg, RECORD_MIN_SIZE, 900 * 1024); break;
        case 'r': options.rate = (int)option_number("--rate", optarg, 1, 100000); break;
        case 'P': options.broker_pid = (int)option_number("--broker-pid", optarg, 1, INT32_MAX); break;
        case 'v': options.verify = true; break;
        case 'R': options.run = (uint64_t)option_number("--run", optarg, 1, INT64_MAX); break;
        default: usage();
        }
    }
    if (optind != argc || options.bootstrap == NULL || options.topic == NULL)
        usage();
    return options;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        usage();
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
        if (strcmp(argv[1], scenarios[i].name) == 0) {
            struct options options = parse(argc - 1, argv + 1);
            scenarios[i].run(&options);
            return 0;
        }
    usage();
}
