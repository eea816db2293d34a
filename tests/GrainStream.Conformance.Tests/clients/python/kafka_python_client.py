"""python3-kafka (kafka-python, pure Python) against a broker: one scenario per function."""

import sys

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.errors import (
    InvalidPartitionsError,
    MessageSizeTooLargeError,
    OffsetOutOfRangeError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
)

from scenario import equal, holds, keyed_lines, line, main, scenario, until

REQUEST_SECONDS = 30


def create(bootstrap, topic, partitions=1, **config):
    config = {name.replace("_", "."): value for name, value in config.items()}
    client = KafkaAdminClient(bootstrap_servers=bootstrap)
    client.create_topics([NewTopic(topic, partitions, 1, topic_configs=config)])
    client.close()


def produce(bootstrap, topic, records, **settings):
    """Sends records (dictionaries of send's arguments); what the broker said of each."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, **{"acks": "all", "linger_ms": 5, **settings})
    futures = [producer.send(topic, **record) for record in records]
    producer.flush(REQUEST_SECONDS)
    sent = [future.get(REQUEST_SECONDS) for future in futures]
    producer.close()
    return sent


def consumer(bootstrap, topic, partitions=1, **settings):
    reader = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, **{"auto_offset_reset": "none", **settings})
    reader.assign([TopicPartition(topic, partition) for partition in range(partitions)])
    return reader


def read_to_end(reader):
    """Everything up to where the assigned partitions end now."""
    ends = reader.end_offsets(sorted(reader.assignment()))
    records = []
    while any(reader.position(partition) < end for partition, end in ends.items()):
        for batch in until(lambda: reader.poll(1000, max_records=100_000), f"records up to {ends}").values():
            records += batch
    return records


def read_all(bootstrap, topic, partitions=1, **settings):
    reader = consumer(bootstrap, topic, partitions, **settings)
    reader.seek_to_beginning()
    records = read_to_end(reader)
    reader.close()
    return records


@scenario
def create_topic(bootstrap, topic, partitions):
    """Makes a topic for tests of other clients."""
    create(bootstrap, topic, int(partitions))


@scenario
def produce_lines(bootstrap, topic, codec):
    """Sends keyed lines from standard input; for the round trips."""
    codec = None if codec == "none" else codec
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=20, batch_size=200_000, compression_type=codec)
    futures = [producer.send(topic, key=key, value=value) for key, value in keyed_lines()]
    producer.flush(REQUEST_SECONDS)
    for future in futures:
        future.get(REQUEST_SECONDS)
    producer.close()


@scenario
def consume_lines(bootstrap, topic, partitions):
    """Prints every record; for the round trips."""
    for record in read_all(bootstrap, topic, int(partitions), max_partition_fetch_bytes=4 << 20):
        sys.stdout.buffer.write(line(record.partition, record.offset, record.key, record.value))


@scenario
def the_broker_s_version_is_recognised(bootstrap):
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    holds(producer.config["api_version"] >= (2, 0), f"taken for Kafka {producer.config['api_version']}")
    producer.close()


@scenario
def producing_to_an_unknown_topic_creates_it(bootstrap):
    (sent,) = produce(bootstrap, "python-auto-created", [{"value": b"first"}])
    equal(sent.offset, 0)


@scenario
def topics_are_created_listed_and_deleted(bootstrap):
    client = KafkaAdminClient(bootstrap_servers=bootstrap)
    client.create_topics([NewTopic("python-made", 3, 1)])
    holds("python-made" in client.list_topics(), "the topic is listed")
    (described,) = client.describe_topics(["python-made"])
    equal(sorted(partition["partition"] for partition in described["partitions"]), [0, 1, 2])
    try:
        client.create_topics([NewTopic("python-made", 1, 1)])
        raise AssertionError("a topic was created twice")
    except TopicAlreadyExistsError:
        pass
    client.delete_topics(["python-made"])
    until(lambda: "python-made" not in client.list_topics(), "the topic is gone")
    try:
        client.delete_topics(["python-made"])
        raise AssertionError("a topic was deleted twice")
    except UnknownTopicOrPartitionError:
        pass
    client.close()


@scenario
def partitions_can_be_added_but_not_taken_away(bootstrap):
    client = KafkaAdminClient(bootstrap_servers=bootstrap)
    create(bootstrap, "python-growing", partitions=2)
    client.create_partitions({"python-growing": NewPartitions(4)})
    equal(len(client.describe_topics(["python-growing"])[0]["partitions"]), 4)
    try:
        client.create_partitions({"python-growing": NewPartitions(1)})
        raise AssertionError("partitions were taken away")
    except InvalidPartitionsError:
        pass
    client.close()


@scenario
def configs_are_described_and_altered(bootstrap):
    client = KafkaAdminClient(bootstrap_servers=bootstrap)
    create(bootstrap, "python-tuned", max_message_bytes="50000")

    def described():
        (response,) = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "python-tuned")])
        ((error, _, _, _, entries),) = response.resources
        equal(error, 0)
        return {entry[0]: entry[1] for entry in entries}

    equal(described()["max.message.bytes"], "50000")
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, "python-tuned", configs={"max.message.bytes": "70000"})])
    equal(described()["max.message.bytes"], "70000")
    client.close()


@scenario
def the_cluster_is_described(bootstrap):
    client = KafkaAdminClient(bootstrap_servers=bootstrap)
    cluster = client.describe_cluster()
    equal(["%s:%d" % (broker["host"], broker["port"]) for broker in cluster["brokers"]], [bootstrap])
    equal(cluster["controller_id"], cluster["brokers"][0]["node_id"])
    holds(cluster["cluster_id"], "a cluster id")
    client.close()


@scenario
def keys_values_and_headers_come_back_as_they_were(bootstrap):
    records = [
        {"key": b"k", "value": b"v", "headers": [("a", b"1"), ("a", b"2"), ("empty", b"")]},
        {"key": None, "value": b"no key"},
        {"key": b"no value", "value": None},
        {"key": b"", "value": b""},
    ]
    produce(bootstrap, "python-as-they-were", ({"partition": 0, **record} for record in records))
    read = read_all(bootstrap, "python-as-they-were")
    equal([(record.key, record.value) for record in read], [(record["key"], record["value"]) for record in records])
    equal(list(read[0].headers), records[0]["headers"])


@scenario
def timestamps_and_offsets_by_time(bootstrap):
    create(bootstrap, "python-timed")
    produce(bootstrap, "python-timed", [{"value": b"x", "timestamp_ms": timestamp} for timestamp in (1000, 2000, 3000)], linger_ms=0, batch_size=0)
    equal([record.timestamp for record in read_all(bootstrap, "python-timed")], [1000, 2000, 3000])
    reader = consumer(bootstrap, "python-timed")
    partition = TopicPartition("python-timed", 0)
    found = reader.offsets_for_times({partition: 1500})[partition]
    equal((found.offset, found.timestamp), (1, 2000))
    equal(reader.offsets_for_times({partition: 3001})[partition], None)
    equal(reader.beginning_offsets([partition])[partition], 0)
    equal(reader.end_offsets([partition])[partition], 3)
    reader.close()


@scenario
def an_offset_out_of_range_is_reported_or_reset(bootstrap):
    produce(bootstrap, "python-ranged", [{"value": b"x", "partition": 0}])
    partition = TopicPartition("python-ranged", 0)
    strict = consumer(bootstrap, "python-ranged")
    strict.seek(partition, 1_000_000)
    try:
        until(lambda: strict.poll(1000), "the error")
        raise AssertionError("an offset out of range was accepted")
    except OffsetOutOfRangeError:
        pass
    strict.close()
    lenient = consumer(bootstrap, "python-ranged", auto_offset_reset="earliest")
    lenient.seek(partition, 1_000_000)
    (records,) = until(lambda: lenient.poll(1000), "the first record").values()
    equal([record.offset for record in records], [0])
    lenient.close()


@scenario
def a_message_over_the_limit_is_refused(bootstrap):
    create(bootstrap, "python-limited", max_message_bytes="10000")
    equal(produce(bootstrap, "python-limited", [{"value": b"x" * 9_900}])[0].offset, 0)
    try:
        produce(bootstrap, "python-limited", [{"value": b"x" * 10_100}])
        raise AssertionError("a message over the limit was taken")
    except MessageSizeTooLargeError:
        pass


if __name__ == "__main__":
    main()
