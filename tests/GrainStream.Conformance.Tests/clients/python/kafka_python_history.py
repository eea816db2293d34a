"""python3-kafka (kafka-python, pure Python) and history beyond the local disk: one scenario per function."""

import pathlib

from kafka import TopicPartition
from kafka.record import MemoryRecords

import history
from kafka_python_client import consumer
from scenario import equal, holds, main, scenario, until

MIDDLE_RECORDS = 200


@scenario
def numbered_records_are_found_by_time(bootstrap, topic, count):
    reader = consumer(bootstrap, topic)
    partition = TopicPartition(topic, 0)
    for number in history.offsets_to_try(int(count)):
        for timestamp in (history.numbered_time(number) - history.STEP_MS + 1, history.numbered_time(number)):
            found = reader.offsets_for_times({partition: timestamp})[partition]
            equal((found.offset, found.timestamp), (number, history.numbered_time(number)), f"offset of time {timestamp}")
    equal(reader.offsets_for_times({partition: history.numbered_time(int(count))})[partition], None, "offset of a time after the last")
    equal(reader.beginning_offsets([partition])[partition], 0)
    equal(reader.end_offsets([partition])[partition], int(count))
    reader.close()


@scenario
def numbered_records_are_read_from_the_middle(bootstrap, topic, count):
    reader = consumer(bootstrap, topic, max_partition_fetch_bytes=20_000)
    partition = TopicPartition(topic, 0)
    for start in history.offsets_to_try(int(count)):
        stop = min(start + MIDDLE_RECORDS, int(count))
        reader.seek(partition, start)
        records = []
        while len(records) < stop - start:
            for batch in until(lambda: reader.poll(1000), f"records from {start} on").values():
                records += batch
        equal([r.offset for r in records[: stop - start]], list(range(start, stop)), f"offsets from {start}")
        holds(all(r.value == history.value(r.offset) for r in records), f"values from {start}")
        equal(records[0].timestamp, history.numbered_time(start))
    reader.close()


@scenario
def a_log_file_holds_numbered_records(_, path):
    """Reads a file in Kafka's log format with this client's own reader, up to where that sees the end."""
    file = pathlib.Path(path)
    records = MemoryRecords(file.read_bytes())
    found = []
    while records.has_next():
        found += list(records.next_batch())
    first = int(file.name[:20])
    holds(found, "there are records")
    equal([r.offset for r in found], list(range(first, first + len(found))))
    holds(all(r.value == history.value(r.offset) for r in found), "the values are those that were sent")


if __name__ == "__main__":
    main()
