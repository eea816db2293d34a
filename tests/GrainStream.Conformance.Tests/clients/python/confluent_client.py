"""python3-confluent-kafka (librdkafka) against a broker: what applications do with it, one scenario per function."""

import sys
import time

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_END,
    TIMESTAMP_CREATE_TIME,
    TIMESTAMP_LOG_APPEND_TIME,
    Consumer,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic

from scenario import equal, holds, keyed_lines, line, main, scenario, until

REQUEST_SECONDS = 30


def admin(bootstrap):
    return AdminClient({"bootstrap.servers": bootstrap})


def create(bootstrap, topic, partitions=1, **config):
    config = {name.replace("_", "."): value for name, value in config.items()}
    request = NewTopic(topic, num_partitions=partitions, replication_factor=1, config=config)
    client = admin(bootstrap)  # kept: a collected client ends its requests
    for future in client.create_topics([request]).values():
        future.result(REQUEST_SECONDS)


def error_of(futures):
    """The error code of the one future; None if it went well."""
    (future,) = futures.values()
    try:
        future.result(REQUEST_SECONDS)
        return None
    except KafkaException as failure:
        return failure.args[0].code()


def produce(bootstrap, topic, records, **config):
    """Sends records (dictionaries of produce's arguments); the delivered messages, in the order of their reports."""
    settings = {"bootstrap.servers": bootstrap, "acks": "all", "linger.ms": 5}
    settings.update({name.replace("_", "."): value for name, value in config.items()})
    producer = Producer(settings)
    delivered = []

    def report(error, message):
        if error is not None:
            raise KafkaException(error)
        delivered.append(message)

    for record in records:
        while True:
            try:
                producer.produce(topic, on_delivery=report, **record)
                break
            except BufferError:
                producer.poll(0.1)
    equal(producer.flush(REQUEST_SECONDS), 0, "records not delivered")
    return delivered


def delivery_error(bootstrap, topic, **record):
    """The error code that one record is refused with; None if it is taken."""
    outcome = []
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "message.max.bytes": 100_000_000})
    producer.produce(topic, on_delivery=lambda error, _: outcome.append(error), **record)
    equal(producer.flush(REQUEST_SECONDS), 0, "records without a report")
    return outcome[0] and outcome[0].code()


def consumer(bootstrap, **config):
    settings = {
        "bootstrap.servers": bootstrap,
        "group.id": "unused, because partitions are assigned by hand",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "error",
    }
    settings.update({name.replace("_", "."): value for name, value in config.items()})
    return Consumer(settings)


def read(reader, topic, starts):
    """Reads partitions ({number: offset}) up to their ends; the messages, by arrival."""
    reader.assign([TopicPartition(topic, partition, offset) for partition, offset in starts.items()])
    messages, unfinished = [], set(starts)
    while unfinished:
        message = reader.poll(REQUEST_SECONDS)
        holds(message is not None, f"no message and no end of {sorted(unfinished)} in {REQUEST_SECONDS} s")
        if message.error() is None:
            messages.append(message)
        elif message.error().code() == KafkaError._PARTITION_EOF:
            unfinished.discard(message.partition())
        else:
            raise KafkaException(message.error())
    return messages


def read_all(bootstrap, topic, partitions=1, **config):
    reader = consumer(bootstrap, **config)
    try:
        return read(reader, topic, {partition: OFFSET_BEGINNING for partition in range(partitions)})
    finally:
        reader.close()


@scenario
def produce_lines(bootstrap, topic, codec):
    """Sends keyed lines from standard input; for the round trips."""
    produce(
        bootstrap, topic, ({"key": key, "value": value} for key, value in keyed_lines()),
        compression_type=codec, enable_idempotence=True,
    )  # fmt: skip


@scenario
def consume_lines(bootstrap, topic, partitions):
    """Prints every record; for the round trips."""
    for message in read_all(bootstrap, topic, int(partitions)):
        sys.stdout.buffer.write(line(message.partition(), message.offset(), message.key(), message.value()))


@scenario
def produce_until_refused(bootstrap, topic):
    """Sends numbered records until the broker refuses one, and prints those it took; for the full disk."""
    taken, refusals = [], []

    def report(error, message):
        if error is None:
            taken.append(message.value()[:8])
        else:
            refusals.append(error.code())

    # Without retries, so that a refusal is seen rather than tried again until it goes away.
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "retries": 0})
    number = 0
    while not refusals:
        for number in range(number, number + 50):
            producer.produce(topic, b"%08d" % number + b"x" * 10_000, partition=0, on_delivery=report)
        number += 1
        equal(producer.flush(REQUEST_SECONDS), 0, "records without a report")
        holds(number < 100_000, "the disk never filled up")
    equal(set(refusals), {KafkaError.KAFKA_STORAGE_ERROR}, "what records were refused with")
    sys.stdout.buffer.write(b"".join(value + b"\n" for value in taken))


@scenario
def produce_when_possible(bootstrap, topic):
    """Tries a record until the broker takes it; for the disk that has room again."""
    until(lambda: delivery_error(bootstrap, topic, value=b"recovered", partition=0) is None, "a record is taken")


@scenario
def consume_numbers(bootstrap, topic):
    """Prints the first eight bytes of every value."""
    sys.stdout.buffer.write(b"".join(message.value()[:8] + b"\n" for message in read_all(bootstrap, topic)))


@scenario
def producing_to_an_unknown_topic_creates_it(bootstrap):
    delivered = produce(bootstrap, "auto-created", [{"value": b"first"}])
    equal(delivered[0].offset(), 0)
    metadata = admin(bootstrap).list_topics(timeout=REQUEST_SECONDS)
    holds("auto-created" in metadata.topics, "the topic is listed")
    equal([metadata.topics["auto-created"].partitions[0].leader], list(metadata.brokers), "the one broker leads it")


@scenario
def topics_are_created_listed_and_deleted(bootstrap):
    client = admin(bootstrap)
    create(bootstrap, "made", partitions=3)
    metadata = client.list_topics("made", timeout=REQUEST_SECONDS)
    equal(sorted(metadata.topics["made"].partitions), [0, 1, 2])
    equal(error_of(client.create_topics([NewTopic("made", 1, 1)])), KafkaError.TOPIC_ALREADY_EXISTS)
    equal(error_of(client.delete_topics(["made"], operation_timeout=REQUEST_SECONDS)), None)
    until(lambda: "made" not in client.list_topics(timeout=REQUEST_SECONDS).topics, "the topic is gone")
    equal(error_of(client.delete_topics(["made"])), KafkaError.UNKNOWN_TOPIC_OR_PART)
    create(bootstrap, "made", partitions=1)
    equal(read_all(bootstrap, "made"), [], "records of a topic made anew under an old name")


@scenario
def impossible_topics_are_refused(bootstrap):
    client = admin(bootstrap)
    equal(error_of(client.create_topics([NewTopic("no spaces!", 1, 1)])), KafkaError.TOPIC_EXCEPTION)
    equal(error_of(client.create_topics([NewTopic("x" * 250, 1, 1)])), KafkaError.TOPIC_EXCEPTION)
    equal(error_of(client.create_topics([NewTopic("three-copies", 1, 3)])), KafkaError.INVALID_REPLICATION_FACTOR)
    unknown = NewTopic("odd", 1, 1, config={"no.such.config": "1"})
    equal(error_of(client.create_topics([unknown])), KafkaError.INVALID_CONFIG)
    negative = NewTopic("odd", 1, 1, config={"max.message.bytes": "-5"})
    equal(error_of(client.create_topics([negative])), KafkaError.INVALID_CONFIG)
    holds("odd" not in client.list_topics(timeout=REQUEST_SECONDS).topics, "nothing was created")


@scenario
def a_topic_can_be_validated_without_being_created(bootstrap):
    client = admin(bootstrap)
    equal(error_of(client.create_topics([NewTopic("only-checked", 1, 1)], validate_only=True)), None)
    holds("only-checked" not in client.list_topics(timeout=REQUEST_SECONDS).topics, "nothing was created")


@scenario
def partitions_can_be_added_but_not_taken_away(bootstrap):
    client = admin(bootstrap)
    create(bootstrap, "growing", partitions=2)
    produce(bootstrap, "growing", [{"value": b"kept", "partition": 1}])
    equal(error_of(client.create_partitions([NewPartitions("growing", 5)])), None)
    until(lambda: len(client.list_topics("growing", timeout=REQUEST_SECONDS).topics["growing"].partitions) == 5, "five partitions")
    equal(error_of(client.create_partitions([NewPartitions("growing", 3)])), KafkaError.INVALID_PARTITIONS)
    produce(bootstrap, "growing", [{"value": b"new", "partition": 4}])
    equal(sorted(message.value() for message in read_all(bootstrap, "growing", 5)), [b"kept", b"new"])


@scenario
def configs_are_described_and_altered(bootstrap):
    client = admin(bootstrap)
    create(bootstrap, "tuned", max_message_bytes="50000")

    def described():
        (future,) = client.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, "tuned")]).values()
        return future.result(REQUEST_SECONDS)

    equal(described()["max.message.bytes"].value, "50000")
    holds(not described()["max.message.bytes"].is_default, "a value set for the topic is no default")
    holds(described()["message.timestamp.type"].is_default, "a value not set is the default")
    equal(delivery_error(bootstrap, "tuned", value=b"x" * 60_000), KafkaError.MSG_SIZE_TOO_LARGE)

    change = ConfigResource(ConfigResource.Type.TOPIC, "tuned", set_config={"max.message.bytes": "70000"})
    equal(error_of(client.alter_configs([change])), None)
    equal(described()["max.message.bytes"].value, "70000")
    equal(delivery_error(bootstrap, "tuned", value=b"x" * 60_000), None)

    wrong = ConfigResource(ConfigResource.Type.TOPIC, "tuned", set_config={"max.message.bytes": "many"})
    equal(error_of(client.alter_configs([wrong])), KafkaError.INVALID_CONFIG)
    equal(described()["max.message.bytes"].value, "70000", "value after a refused change")


@scenario
def the_broker_describes_its_own_configs(bootstrap):
    client = admin(bootstrap)
    (broker,) = client.list_topics(timeout=REQUEST_SECONDS).brokers
    (future,) = client.describe_configs([ConfigResource(ConfigResource.Type.BROKER, str(broker))]).values()
    configs = future.result(REQUEST_SECONDS)
    holds("num.partitions" in configs and "message.max.bytes" in configs, f"broker configs, got {sorted(configs)}")


@scenario
def keys_values_and_headers_come_back_as_they_were(bootstrap):
    records = [
        {"key": b"k", "value": b"v", "headers": [("a", b"1"), ("a", b"2"), ("empty", b""), ("null", None)]},
        {"key": None, "value": b"no key"},
        {"key": b"no value", "value": None},
        {"key": b"", "value": b""},
        {"key": bytes(range(256)), "value": bytes(range(256)) * 3},
    ]
    create(bootstrap, "as-they-were")
    produce(bootstrap, "as-they-were", ({"partition": 0, **record} for record in records))
    messages = read_all(bootstrap, "as-they-were")
    equal([(m.key(), m.value()) for m in messages], [(r["key"], r["value"]) for r in records])
    equal(messages[0].headers(), records[0]["headers"])


@scenario
def timestamps_of_the_producer_are_kept(bootstrap):
    create(bootstrap, "their-time")
    produce(bootstrap, "their-time", [{"value": b"x", "timestamp": 1_234_567_890_123}])
    equal(read_all(bootstrap, "their-time")[0].timestamp(), (TIMESTAMP_CREATE_TIME, 1_234_567_890_123))


@scenario
def log_append_time_is_the_broker_s(bootstrap):
    create(bootstrap, "our-time", message_timestamp_type="LogAppendTime")
    before = time.time() * 1000
    produce(bootstrap, "our-time", [{"value": b"x", "timestamp": 1}, {"value": b"y", "timestamp": 2}])
    after = time.time() * 1000
    for message in read_all(bootstrap, "our-time"):
        kind, timestamp = message.timestamp()
        equal(kind, TIMESTAMP_LOG_APPEND_TIME)
        holds(before - 1 <= timestamp <= after + 1, f"{timestamp} is between {before} and {after}")


@scenario
def offsets_are_found_by_time(bootstrap):
    create(bootstrap, "timed", partitions=2)
    for timestamp in (1000, 2000, 3000):
        produce(bootstrap, "timed", [{"value": b"x", "partition": 0, "timestamp": timestamp}])
    reader = consumer(bootstrap)

    def offset_at(timestamp, partition=0):
        (found,) = reader.offsets_for_times([TopicPartition("timed", partition, timestamp)], timeout=REQUEST_SECONDS)
        return found.offset

    equal([offset_at(0), offset_at(1000), offset_at(1001), offset_at(3000)], [0, 0, 1, 2])
    equal(offset_at(3001), OFFSET_END, "offset of a time after every record")
    equal(offset_at(0, partition=1), OFFSET_END, "offset in an empty partition")
    equal(reader.get_watermark_offsets(TopicPartition("timed", 0), timeout=REQUEST_SECONDS), (0, 3))
    reader.close()


@scenario
def offsets_are_found_by_time_inside_compressed_batches(bootstrap):
    # Long enough to wait for all records, so that they share one batch.
    settings = {"linger_ms": 1000, "batch_num_messages": 1000}
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        topic = f"timed-{codec}"
        create(bootstrap, topic)
        records = ({"value": b"value %d, " % number * 20, "partition": 0, "timestamp": 10_000 + 10 * number} for number in range(500))
        produce(bootstrap, topic, records, compression_type=codec, **settings)
        reader = consumer(bootstrap)
        for time_asked, expected in [(0, 0), (10_000, 0), (10_001, 1), (12_345, 235), (14_990, 499), (14_991, OFFSET_END)]:
            (found,) = reader.offsets_for_times([TopicPartition(topic, 0, time_asked)], timeout=REQUEST_SECONDS)
            equal(found.offset, expected, f"offset at {time_asked} with {codec}")
        reader.close()


@scenario
def a_compacted_topic_keeps_the_last_record_of_each_key(bootstrap):
    create(bootstrap, "table", cleanup_policy="compact", segment_ms="100", min_cleanable_dirty_ratio="0")
    for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
        records = ({"key": b"%d" % (number % 10), "value": f"{codec} {number}".encode(), "partition": 0} for number in range(1000))
        produce(bootstrap, "table", records, compression_type=codec)
    equal(delivery_error(bootstrap, "table", value=b"without a key"), KafkaError.INVALID_RECORD)

    def compacted():
        # A segment comes of age when something is written after it.
        produce(bootstrap, "table", [{"key": b"last", "value": b"", "partition": 0}])
        messages = [message for message in read_all(bootstrap, "table") if message.key() != b"last"]
        offsets = [message.offset() for message in messages]
        equal(offsets, sorted(offsets), "offsets in order")
        state = {message.key(): (message.offset(), message.value()) for message in messages}
        equal(state, {b"%d" % key: (4990 + key, b"zstd %d" % (990 + key)) for key in range(10)}, "what each key holds")
        return len(messages) == 10

    until(compacted, "only the last record of each key is left")


@scenario
def an_offset_out_of_range_resets_as_configured(bootstrap):
    create(bootstrap, "ranged")
    produce(bootstrap, "ranged", [{"value": b"%d" % number} for number in range(5)])

    earliest = consumer(bootstrap, auto_offset_reset="earliest")
    equal([m.value() for m in read(earliest, "ranged", {0: 1_000_000})], [b"0", b"1", b"2", b"3", b"4"])
    earliest.close()

    latest = consumer(bootstrap, auto_offset_reset="latest")
    equal(read(latest, "ranged", {0: 1_000_000}), [])
    produce(bootstrap, "ranged", [{"value": b"later"}])
    equal(until(lambda: latest.poll(1), "the later record").value(), b"later")
    latest.close()

    strict = consumer(bootstrap)
    try:
        read(strict, "ranged", {0: 1_000_000})
        raise AssertionError("an offset out of range was accepted")
    except KafkaException as failure:
        equal(failure.args[0].code(), KafkaError._AUTO_OFFSET_RESET)
    strict.close()


@scenario
def reading_starts_in_the_middle_of_a_batch(bootstrap):
    create(bootstrap, "mid-batch")
    produce(bootstrap, "mid-batch", ({"value": b"%d" % number} for number in range(1000)), linger_ms=200)
    for start in (0, 1, 499, 998, 999):
        reader = consumer(bootstrap)
        messages = read(reader, "mid-batch", {0: start})
        equal([m.offset() for m in messages], list(range(start, 1000)), f"offsets from {start}")
        reader.close()


@scenario
def messages_up_to_the_limit_pass_and_larger_ones_do_not(bootstrap):
    create(bootstrap, "limited", max_message_bytes="100000")
    equal(delivery_error(bootstrap, "limited", value=b"x" * 99_900), None)
    equal(delivery_error(bootstrap, "limited", value=b"x" * 100_000), KafkaError.MSG_SIZE_TOO_LARGE)
    equal([len(m.value()) for m in read_all(bootstrap, "limited")], [99_900])


@scenario
def a_message_larger_than_every_fetch_limit_is_read(bootstrap):
    create(bootstrap, "large", max_message_bytes="20000000")
    value = bytes(range(256)) * 40_000
    equal(delivery_error(bootstrap, "large", value=value), None)
    equal(delivery_error(bootstrap, "large", value=b"small"), None)
    messages = read_all(
        bootstrap, "large", fetch_message_max_bytes=1000, fetch_max_bytes=100_000, message_max_bytes=100_000,
        receive_message_max_bytes=100_000_000,
    )  # fmt: skip
    equal([m.value() == value for m in messages], [True, False])


@scenario
def an_idempotent_producer_keeps_order(bootstrap):
    create(bootstrap, "idempotent", partitions=4)
    count = 20_000
    produce(
        bootstrap, "idempotent",
        ({"value": b"%d" % number, "partition": number % 4} for number in range(count)),
        enable_idempotence=True, batch_size=2000, linger_ms=1, max_in_flight=5,
    )  # fmt: skip
    messages = read_all(bootstrap, "idempotent", 4)
    for partition in range(4):
        values = [int(m.value()) for m in messages if m.partition() == partition]
        equal(values, list(range(partition, count, 4)), f"values of partition {partition}")


@scenario
def every_kind_of_acknowledgement_delivers(bootstrap):
    for acks in ("0", "1", "all"):
        topic = f"acks-{acks}"
        create(bootstrap, topic)
        produce(bootstrap, topic, ({"value": b"%d" % number} for number in range(1000)), acks=acks)
        until(lambda: len(read_all(bootstrap, topic)) == 1000, f"1000 records with acks={acks}")


@scenario
def a_waiting_consumer_is_woken_by_a_record(bootstrap):
    create(bootstrap, "waited-for")
    reader = consumer(bootstrap, fetch_wait_max_ms=25_000, enable_partition_eof=False)
    reader.assign([TopicPartition("waited-for", 0, OFFSET_BEGINNING)])
    equal(reader.poll(2), None, "message in an empty topic")
    sent = time.monotonic()
    produce(bootstrap, "waited-for", [{"value": b"wake up"}])
    message = reader.poll(REQUEST_SECONDS)
    elapsed = time.monotonic() - sent
    equal(message.value(), b"wake up")
    holds(elapsed < 10, f"woken after {elapsed:.1f} s, which is the end of the 25 s wait rather than the record")
    reader.close()


@scenario
def a_fetch_below_its_minimum_waits_and_then_returns(bootstrap):
    create(bootstrap, "few-bytes")
    produce(bootstrap, "few-bytes", [{"value": b"small"}])
    reader = consumer(bootstrap, fetch_min_bytes=1_000_000, fetch_wait_max_ms=1500, enable_partition_eof=False)
    reader.assign([TopicPartition("few-bytes", 0, OFFSET_BEGINNING)])
    began = time.monotonic()
    equal(reader.poll(REQUEST_SECONDS).value(), b"small")
    elapsed = time.monotonic() - began
    holds(elapsed > 1, f"returned after {elapsed:.2f} s, before the wait for more bytes was over")
    reader.close()


@scenario
def a_read_committed_consumer_reads_plain_records(bootstrap):
    create(bootstrap, "committed")
    produce(bootstrap, "committed", [{"value": b"plain"}])
    equal([m.value() for m in read_all(bootstrap, "committed", isolation_level="read_committed")], [b"plain"])


@scenario
def asking_a_consumer_for_an_unknown_topic_does_not_create_it(bootstrap):
    reader = consumer(bootstrap, allow_auto_create_topics=False)
    for _ in range(2):
        asked = reader.list_topics("never-made", timeout=REQUEST_SECONDS).topics["never-made"]
        equal(asked.error.code(), KafkaError.UNKNOWN_TOPIC_OR_PART)
    holds("never-made" not in reader.list_topics(timeout=REQUEST_SECONDS).topics, "asking did not create it")
    reader.close()


if __name__ == "__main__":
    main()
