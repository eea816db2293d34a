#!/usr/bin/env python3
"""Writes compressed bytes beside this file, as other programs' libraries make them, for the codecs' tests.

Each holds text(), which RealCompressions.cs makes as well. Needs python3-lz4, python3-zstandard, python3-snappy and python3-kafka.
"""
import pathlib
import struct

import lz4.frame
import snappy
import zstandard
from kafka import codec

HERE = pathlib.Path(__file__).parent


def text():
    """190,000 bytes or so, more than two blocks of every codec, that compress well."""
    return b"".join(b"line %d of the fixture; it says little and says it often\n" % (i % 60) for i in range(3300))


def write(name, data):
    lines = [data.hex()[i:i + 120] for i in range(0, 2 * len(data), 120)]
    (HERE / (name + ".hex")).write_text("\n".join(lines) + "\n")


def zstd_stream(**options):
    """As clients write it that do not know the length beforehand, such as the Java client."""
    compressor = zstandard.ZstdCompressor(**options).compressobj()
    data = text()
    parts = [compressor.compress(data[i:i + 16384]) for i in range(0, len(data), 16384)]
    return b"".join(parts) + compressor.flush()


data = text()
write("codec-lz4-plain", lz4.frame.compress(data))
write("codec-lz4-linked-checked", lz4.frame.compress(
    data, block_size=lz4.frame.BLOCKSIZE_MAX64KB, block_linked=True, content_checksum=True, block_checksum=True, store_size=True))
write("codec-lz4-high-4mb", lz4.frame.compress(
    data, compression_level=9, block_size=lz4.frame.BLOCKSIZE_MAX4MB, block_linked=False, store_size=False))
write("codec-lz4-kafka-python", codec.lz4_encode(data))
write("codec-zstd-plain", zstandard.ZstdCompressor().compress(data))
write("codec-zstd-stream", zstd_stream(level=3, write_checksum=True))
write("codec-zstd-stream-22", zstd_stream(level=22))
write("codec-zstd-two-frames", zstandard.ZstdCompressor().compress(data[:100_000]) + zstandard.ZstdCompressor().compress(data[100_000:]))
write("codec-snappy-raw", snappy.compress(data))
write("codec-snappy-kafka-python", codec.snappy_encode(data))
write("codec-snappy-framed-oddly", b"\x82SNAPPY\x00" + struct.pack(">ii", 0, 0) + b"".join(
    struct.pack(">i", len(block)) + block for block in (snappy.compress(data[i:i + 70_001]) for i in range(0, len(data), 70_001))))
