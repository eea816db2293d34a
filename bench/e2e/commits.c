/*
 * commits: offset commits over plain sockets, one in flight on each connection.
 *
 *   commits load ADDRESS PORT TOPIC CONNECTIONS SECONDS     commits as fast as they are answered; connection i is group load-i, partition 0
 *   commits check ADDRESS PORT TOPIC CONNECTIONS OFFSET...  the offsets noted for those groups are these or later ones
 *   commits fill ADDRESS PORT TOPIC GROUPS PARTITIONS       one commit of so many partitions for each of the groups idle-i
 *
 * Each prints one line of JSON. Every answer is read and must be without error. OffsetCommit 7 and OffsetFetch 5, as a consumer sends them that
 * assigns partitions to itself.
 */
#include "client.h"
#include "measure.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OFFSET_COMMIT = 8, OFFSET_FETCH = 9, COMMIT_VERSION = 7, FETCH_VERSION = 5, MAX_FRAME = 65536, MAX_CONNECTIONS = 1024, ANSWER_MS = 30000 };

struct frame {
    unsigned char bytes[MAX_FRAME];
    size_t length;
};

struct connection {
    int socket;
    int64_t next;     /* offset of the commit in flight, which is also how many were sent before */
    uint64_t sent_at;
    struct frame answer;
};

static const char *topic;

static void put(struct frame *frame, uint64_t value, size_t size)
{
    if (frame->length + size > sizeof frame->bytes)
        fail("a request is too long");
    for (size_t i = 0; i < size; i++)
        frame->bytes[frame->length++] = (unsigned char)(value >> (8 * (size - 1 - i)));
}

static void put_string(struct frame *frame, const char *text)
{
    size_t size = strlen(text);
    put(frame, size, 2);
    if (frame->length + size > sizeof frame->bytes)
        fail("a request is too long");
    memcpy(frame->bytes + frame->length, text, size);
    frame->length += size;
}

static uint64_t get(const struct frame *frame, size_t *at, size_t size)
{
    uint64_t value = 0;
    if (*at + size > frame->length)
        fail("an answer is too short");
    for (size_t i = 0; i < size; i++)
        value = value << 8 | frame->bytes[(*at)++];
    return value;
}

static void begin_request(struct frame *frame, int key, int version, int correlation, const char *group)
{
    frame->length = 4;
    put(frame, (uint64_t)key, 2);
    put(frame, (uint64_t)version, 2);
    put(frame, (uint64_t)correlation, 4);
    put_string(frame, "bench");
    put_string(frame, group);
}

static void end_request(struct frame *frame)
{
    uint32_t size = htonl((uint32_t)(frame->length - 4));
    memcpy(frame->bytes, &size, sizeof size);
}

static void commit_request(struct frame *frame, int correlation, const char *group, int partitions, int64_t offset)
{
    begin_request(frame, OFFSET_COMMIT, COMMIT_VERSION, correlation, group);
    put(frame, UINT64_MAX, 4); /* no generation */
    put_string(frame, "");     /* no member id */
    put(frame, UINT64_MAX, 2); /* no instance id */
    put(frame, 1, 4);
    put_string(frame, topic);
    put(frame, (uint64_t)partitions, 4);
    for (int i = 0; i < partitions; i++) {
        put(frame, (uint64_t)i, 4);
        put(frame, (uint64_t)offset, 8);
        put(frame, UINT64_MAX, 4); /* no leader epoch */
        put_string(frame, "");     /* no metadata */
    }
    end_request(frame);
}

static void send_all(int socket, const struct frame *frame)
{
    for (size_t sent = 0; sent < frame->length;) {
        ssize_t written = send(socket, frame->bytes + sent, frame->length - sent, MSG_NOSIGNAL);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            fail("send: %s", strerror(errno));
        sent += (size_t)written;
    }
}

/* Reads what is there; nonzero once the answer is whole. */
static int receive(struct connection *connection)
{
    struct frame *answer = &connection->answer;
    ssize_t got = recv(connection->socket, answer->bytes + answer->length, sizeof answer->bytes - answer->length, 0);
    if (got <= 0)
        fail("recv: %s", got == 0 ? "the broker closed the connection" : strerror(errno));
    answer->length += (size_t)got;
    if (answer->length < 4)
        return 0;
    size_t at = 0;
    uint64_t size = get(answer, &at, 4);
    if (size > sizeof answer->bytes - 4 || answer->length > size + 4)
        fail("an answer of %llu bytes", (unsigned long long)size);
    return answer->length == size + 4;
}

static void require_committed(const struct frame *answer, int partitions)
{
    size_t at = 8; /* length and correlation id */
    get(answer, &at, 4);
    if (get(answer, &at, 4) != 1)
        fail("not one topic");
    at += get(answer, &at, 2);
    if (get(answer, &at, 4) != (uint64_t)partitions)
        fail("not %d partitions", partitions);
    for (int i = 0; i < partitions; i++) {
        get(answer, &at, 4);
        uint64_t error = get(answer, &at, 2);
        if (error != 0)
            fail("a commit was refused with error %llu", (unsigned long long)error);
    }
}

static int connect_to(const char *address, const char *port)
{
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((uint16_t)option_number("PORT", port, 1, 65535))};
    int one = 1, file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (inet_pton(AF_INET, address, &peer.sin_addr) != 1 || file < 0 || connect(file, (struct sockaddr *)&peer, sizeof peer) != 0)
        fail("connect to %s:%s: %s", address, port, strerror(errno));
    setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return file;
}

static void send_commit(struct connection *connection, int number)
{
    char group[64];
    struct frame request;
    snprintf(group, sizeof group, "load-%d", number);
    commit_request(&request, (int)(connection->next & 0x7fffffff), group, 1, connection->next);
    connection->answer.length = 0;
    connection->sent_at = now_ns();
    send_all(connection->socket, &request);
}

static void load(const char *address, const char *port, int count, int seconds)
{
    struct connection *connections = allocate((size_t)count, sizeof *connections);
    struct pollfd *waiting = allocate((size_t)count, sizeof *waiting);
    struct samples latencies = {0};
    for (int i = 0; i < count; i++) {
        connections[i].socket = connect_to(address, port);
        waiting[i] = (struct pollfd){.fd = connections[i].socket, .events = POLLIN};
    }

    uint64_t start = now_ns(), end = start + (uint64_t)seconds * 1000000000u;
    for (int i = 0; i < count; i++)
        send_commit(&connections[i], i);
    int in_flight = count;
    while (in_flight > 0) {
        int ready = poll(waiting, (nfds_t)count, ANSWER_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            fail("no answer within %d s", ANSWER_MS / 1000);
        uint64_t now = now_ns();
        for (int i = 0; i < count; i++) {
            struct connection *connection = &connections[i];
            if (waiting[i].revents == 0 || !receive(connection))
                continue;
            require_committed(&connection->answer, 1);
            samples_add(&latencies, now - connection->sent_at);
            connection->next++;
            if (now < end)
                send_commit(connection, i);
            else {
                waiting[i].fd = -1;
                in_flight--;
            }
        }
    }

    double took = (double)(now_ns() - start) / 1e9;
    samples_sort(&latencies);
    printf("{\"connections\": %d, \"commits\": %zu, \"seconds\": %.3f, \"commits_per_second\": %.0f, \"p50_us\": %.0f, \"p99_us\": %.0f, \"offsets\": [", count,
           latencies.count, took, (double)latencies.count / took, samples_percentile_us(&latencies, 50), samples_percentile_us(&latencies, 99));
    for (int i = 0; i < count; i++)
        printf("%s%lld", i > 0 ? ", " : "", (long long)connections[i].next - 1);
    printf("]}\n");
}

static void exchange(struct connection *connection, const struct frame *request)
{
    send_all(connection->socket, request);
    connection->answer.length = 0;
    while (!receive(connection)) {
    }
}

static void check(const char *address, const char *port, int count, char **offsets)
{
    struct connection *connection = allocate(1, sizeof *connection);
    connection->socket = connect_to(address, port);
    for (int i = 0; i < count; i++) {
        char group[64];
        struct frame request;
        snprintf(group, sizeof group, "load-%d", i);
        begin_request(&request, OFFSET_FETCH, FETCH_VERSION, i, group);
        put(&request, 1, 4);
        put_string(&request, topic);
        put(&request, 1, 4);
        put(&request, 0, 4);
        end_request(&request);
        exchange(connection, &request);
        size_t at = 12; /* length, correlation id and throttle time */
        get(&connection->answer, &at, 4);
        at += get(&connection->answer, &at, 2);
        get(&connection->answer, &at, 8); /* one partition, number 0 */
        int64_t noted = (int64_t)get(&connection->answer, &at, 8), acknowledged = option_number("OFFSET", offsets[i], 0, INT64_MAX);
        if (noted < acknowledged)
            fail_lost("group %s: offset %lld is noted, %lld was acknowledged", group, (long long)noted, (long long)acknowledged);
    }
    printf("{\"checked\": %d}\n", count);
}

static void fill(const char *address, const char *port, int groups, int partitions)
{
    struct connection *connection = allocate(1, sizeof *connection);
    connection->socket = connect_to(address, port);
    uint64_t start = now_ns();
    for (int i = 0; i < groups; i++) {
        char group[64];
        struct frame request;
        snprintf(group, sizeof group, "idle-%d", i);
        commit_request(&request, i, group, partitions, i);
        exchange(connection, &request);
        require_committed(&connection->answer, partitions);
    }
    printf("{\"groups\": %d, \"partitions\": %d, \"seconds\": %.3f}\n", groups, partitions, (double)(now_ns() - start) / 1e9);
}

int main(int argc, char **argv)
{
    if (argc >= 7) {
        topic = argv[4];
        int first = (int)option_number("CONNECTIONS or GROUPS", argv[5], 1, 1000000);
        if (strcmp(argv[1], "load") == 0 && argc == 7 && first <= MAX_CONNECTIONS) {
            load(argv[2], argv[3], first, (int)option_number("SECONDS", argv[6], 1, 3600));
            return 0;
        }
        if (strcmp(argv[1], "check") == 0 && argc == 6 + first) {
            check(argv[2], argv[3], first, argv + 6);
            return 0;
        }
        if (strcmp(argv[1], "fill") == 0 && argc == 7) {
            fill(argv[2], argv[3], first, (int)option_number("PARTITIONS", argv[6], 1, 1000));
            return 0;
        }
    }
    fputs("usage: commits load ADDRESS PORT TOPIC CONNECTIONS SECONDS\n"
          "       commits check ADDRESS PORT TOPIC CONNECTIONS OFFSET...\n"
          "       commits fill ADDRESS PORT TOPIC GROUPS PARTITIONS\n", stderr);
    return EXIT_USAGE;
}
