"""python3-confluent-kafka (librdkafka) and history beyond the local disk: one scenario per function."""

import time

from confluent_kafka import KafkaError, TopicPartition
from confluent_kafka.admin import ConfigResource

import history
from confluent_client import REQUEST_SECONDS, admin, consumer, create, error_of, produce, read, read_all
from scenario import equal, holds, main, scenario, until

MIDDLE_RECORDS = 200
SMALL_BATCHES = {"batch_num_messages": history.BATCH_RECORDS}
KEYS, VERSIONS = 10_000, 5
TOMBSTONE_EVERY = 10
FILLER_RECORDS = 10_000


def ends(reader, topic):
    return reader.get_watermark_offsets(TopicPartition(topic, 0), timeout=REQUEST_SECONDS, cached=False)


def earliest(bootstrap, topic):
    reader = consumer(bootstrap)
    try:
        return ends(reader, topic)[0]
    finally:
        reader.close()


def alter(bootstrap, topic, **config):
    config = {name.replace("_", "."): setting for name, setting in config.items()}
    client = admin(bootstrap)
    equal(error_of(client.alter_configs([ConfigResource(ConfigResource.Type.TOPIC, topic, set_config=config)])), None)


def read_some(reader, count):
    messages = []
    while len(messages) < count:
        message = reader.poll(REQUEST_SECONDS)
        holds(message is not None, f"no message in {REQUEST_SECONDS} s")
        equal(message.error(), None)
        messages.append(message)
    return messages


@scenario
def produce_numbered(bootstrap, topic, count):
    create(bootstrap, topic)
    produce(
        bootstrap, topic,
        ({"value": history.value(n), "timestamp": history.numbered_time(n), "partition": 0} for n in range(int(count))),
        **SMALL_BATCHES,
    )  # fmt: skip


@scenario
def numbered_records_are_found_by_time(bootstrap, topic, count):
    reader = consumer(bootstrap)
    for number in history.offsets_to_try(int(count)):
        for timestamp in (history.numbered_time(number) - history.STEP_MS + 1, history.numbered_time(number)):
            (found,) = reader.offsets_for_times([TopicPartition(topic, 0, timestamp)], timeout=REQUEST_SECONDS)
            equal(found.offset, number, f"offset of time {timestamp}")
    (found,) = reader.offsets_for_times([TopicPartition(topic, 0, history.numbered_time(int(count)))], timeout=REQUEST_SECONDS)
    holds(found.offset in (-1, int(count)), f"there is no record so late, but {found.offset} was found")
    equal(ends(reader, topic), (0, int(count)), "earliest and latest offset")
    reader.close()


@scenario
def numbered_records_are_read_from_the_middle(bootstrap, topic, count):
    reader = consumer(bootstrap, fetch_message_max_bytes=20_000)
    for start in history.offsets_to_try(int(count)):
        stop = min(start + MIDDLE_RECORDS, int(count))
        reader.assign([TopicPartition(topic, 0, start)])
        messages = read_some(reader, stop - start)
        equal([m.offset() for m in messages], list(range(start, stop)), f"offsets from {start}")
        holds(all(m.value() == history.value(m.offset()) for m in messages), f"values from {start}")
        equal(messages[0].timestamp()[1], history.numbered_time(start))
    reader.close()


@scenario
def produce_aged(bootstrap, topic):
    """An hour ago much, now a little; more of it in segments than a test takes away."""
    create(bootstrap, topic)
    now = int(time.time() * 1000)

    def timestamp(number):
        return now - history.OLD_AGE_MS if number < history.OLD_RECORDS else now

    produce(
        bootstrap, topic,
        ({"value": history.value(n), "timestamp": timestamp(n), "partition": 0} for n in range(history.AGED_RECORDS)),
        **SMALL_BATCHES,
    )  # fmt: skip


def goes_on_while_old_records_go(bootstrap, topic, expected_start, **config):
    """Alters the topic, waits for the earliest offset to move, and reads: one reader stood in the middle, one at an offset that goes."""
    middle = consumer(bootstrap)
    middle.assign([TopicPartition(topic, 0, history.OLD_RECORDS + 10)])
    read_some(middle, 10)
    equal(earliest(bootstrap, topic), 0, "earliest offset before")

    alter(bootstrap, topic, **config)
    until(lambda: earliest(bootstrap, topic) in expected_start, f"the earliest offset is in {expected_start}")

    rest = read_some(middle, history.NEW_RECORDS - 20)
    equal([m.offset() for m in rest], list(range(history.OLD_RECORDS + 20, history.AGED_RECORDS)))
    middle.close()

    strict = consumer(bootstrap)
    strict.assign([TopicPartition(topic, 0, 0)])
    message = strict.poll(REQUEST_SECONDS)
    equal(message.error().code(), KafkaError._AUTO_OFFSET_RESET, "what a reader without a reset policy is told")
    strict.close()

    lenient = consumer(bootstrap, auto_offset_reset="earliest")
    messages = read(lenient, topic, {0: 0})
    holds(messages[0].offset() in expected_start, f"reading went on at {messages[0].offset()}")
    equal([m.offset() for m in messages], list(range(messages[0].offset(), history.AGED_RECORDS)))
    lenient.close()


@scenario
def old_records_go_by_size(bootstrap, topic):
    # At least so many bytes stay, at most a segment more than that go later.
    most = history.AGED_RECORDS - history.RETENTION_BYTES // (history.VALUE_BYTES + 20)
    goes_on_while_old_records_go(bootstrap, topic, range(most - 1000, most + 200), retention_bytes=str(history.RETENTION_BYTES))


@scenario
def old_records_go_by_age(bootstrap, topic):
    # A segment or a run of the tail that has new records too stays as a whole.
    old = history.OLD_RECORDS
    goes_on_while_old_records_go(bootstrap, topic, range(old - 500, old + 1), retention_ms=str(history.RETENTION_MS))


@scenario
def what_is_left_is_whole(bootstrap, topic):
    messages = read_all(bootstrap, topic)
    equal([m.offset() for m in messages], list(range(messages[0].offset(), history.AGED_RECORDS)))
    holds(all(m.value() == history.value(m.offset()) for m in messages), "the values are those that were sent")


@scenario
def delete_topic(bootstrap, topic):
    client = admin(bootstrap)
    equal(error_of(client.delete_topics([topic], operation_timeout=REQUEST_SECONDS)), None)
    until(lambda: topic not in client.list_topics(timeout=REQUEST_SECONDS).topics, "the topic is gone")


@scenario
def produce_versions(bootstrap, topic, codec):
    """Every key several times, every tenth key's last value being a tombstone; then so much of another topic that none of it is left in the journal."""
    create(
        bootstrap, topic, cleanup_policy="compact", min_cleanable_dirty_ratio="0", segment_ms="1000", delete_retention_ms="0",
        min_compaction_lag_ms="0",
    )  # fmt: skip

    def records():
        for version in range(VERSIONS):
            for key in range(KEYS):
                is_tombstone = version == VERSIONS - 1 and key % TOMBSTONE_EVERY == 0
                yield {
                    "key": b"key-%06d" % key,
                    "value": None if is_tombstone else b"%d of key-%06d " % (version, key) + b"x" * 100,
                    "partition": 0,
                }

    produce(bootstrap, topic, records(), batch_num_messages=500, compression_type=codec)
    create(bootstrap, topic + "-filler")
    produce(bootstrap, topic + "-filler", ({"value": history.value(n), "partition": 0} for n in range(FILLER_RECORDS)), **SMALL_BATCHES)


@scenario
def wait_until_compacted(bootstrap, topic):
    """Until nearly every superseded version is gone: what was written last may stay uncompacted."""

    def remaining():
        return len(read_all(bootstrap, topic))

    until(lambda: remaining() < 2 * KEYS, f"fewer than {2 * KEYS} of {KEYS * VERSIONS} records are left", timeout=60)


if __name__ == "__main__":
    main()
