#!/usr/bin/env python3
"""Writes the record batches beside this file, as real clients make them.

librdkafka-*: five records through confluent_kafka into librdkafka's in-memory mock cluster, read back with a raw Fetch request.
kafka-python-*: the same five records, and others, by kafka-python's batch builder.

Needs python3-confluent-kafka and python3-kafka. Producer ids of the idempotent batches differ from run to run.
"""
import pathlib
import socket
import struct

import confluent_kafka
from kafka.record.default_records import DefaultRecordBatchBuilder

HERE = pathlib.Path(__file__).parent
BASE_TIMESTAMP = 1700000000000


def records():
    """Key, value, timestamp and headers of each record; RealBatches.cs expects the same."""
    for i in range(5):
        yield (
            None if i == 1 else b"key-%d" % (i % 3),
            None if i == 2 else b"value of record number %d, " % i + b"padding " * 20,
            BASE_TIMESTAMP + i * (7 if i != 3 else -5),
            [] if i < 3 else [("trace", b"abc%d" % i), ("empty", b""), ("none", None)],
        )


def write(name, batch):
    text = bytes(batch).hex()
    lines = [text[i:i + 120] for i in range(0, len(text), 120)]
    (HERE / (name + ".hex")).write_text("\n".join(lines) + "\n")


def receive(connection, count):
    data = b""
    while len(data) < count:
        chunk = connection.recv(count - len(data))
        if not chunk:
            raise EOFError("the mock broker closed the connection")
        data += chunk
    return data


def fetch_all(host, port, topic):
    """The records field of a Fetch v4 response for partition 0 from offset 0."""
    name = topic.encode()
    body = struct.pack(">iiiib", -1, 500, 1, 10_000_000, 0)
    body += struct.pack(">ih", 1, len(name)) + name + struct.pack(">iiqi", 1, 0, 0, 10_000_000)
    message = struct.pack(">hhihs", 1, 4, 1, 1, b"x") + body
    with socket.create_connection((host, port)) as connection:
        connection.sendall(struct.pack(">i", len(message)) + message)
        response = receive(connection, struct.unpack(">i", receive(connection, 4))[0])
    position = 4 + 4 + 4 + 2 + len(name) + 4
    error = struct.unpack_from(">h", response, position + 4)[0]
    assert error == 0, error
    position += 4 + 2 + 8 + 8 + 4
    length = struct.unpack_from(">i", response, position)[0]
    return response[position + 4:position + 4 + length]


def from_librdkafka(codec, idempotent):
    producer = confluent_kafka.Producer({
        "bootstrap.servers": "unused:1", "test.mock.num.brokers": 1, "linger.ms": 1000, "log_level": 0,
        "compression.type": codec, "enable.idempotence": idempotent,
    })
    broker = next(iter(producer.list_topics("fixture", timeout=10).brokers.values()))
    for key, value, timestamp, headers in records():
        producer.produce("fixture", partition=0, key=key, value=value, timestamp=timestamp, headers=headers)
    assert producer.flush(10) == 0
    return fetch_all(broker.host, broker.port, "fixture")


def from_kafka_python(codec, items, transactional=False, producer=(-1, -1, -1)):
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=codec, is_transactional=transactional, producer_id=producer[0],
        producer_epoch=producer[1], base_sequence=producer[2], batch_size=1 << 20)
    for offset, (key, value, timestamp, headers) in enumerate(items):
        assert builder.append(offset, timestamp, key, value, headers) is not None
    return builder.build()


def long_varints():
    """One record per length of a varint: key and value lengths, header counts and timestamp deltas around its steps."""
    for i, size in enumerate([0, 1, 63, 64, 8191, 8192]):
        yield b"k" * (size % 8128), b"v" * size, BASE_TIMESTAMP + (-1) ** i * 64 ** i, [("h%d" % n, b"x" * n) for n in range(min(size, 65))]


write("librdkafka-none", from_librdkafka("none", False))
for name in ["none", "gzip", "snappy", "lz4", "zstd"]:
    write("librdkafka-%s-idempotent" % name, from_librdkafka(name, True))
write("kafka-python-none", from_kafka_python(0, records()))
for number, name in [(1, "gzip"), (2, "snappy"), (3, "lz4"), (4, "zstd")]:
    write("kafka-python-" + name, from_kafka_python(number, records()))
write("kafka-python-transactional", from_kafka_python(0, records(), True, (4711, 3, 2147483645)))
write("kafka-python-long-varints", from_kafka_python(0, long_varints()))
