using GrainStream.Protocol.Records;
using Record = GrainStream.Protocol.Records.Record;

namespace GrainStream.Protocol.Tests.Records;

/// <summary>A record as plain values, to be put into batches and compared with what comes out.</summary>
internal sealed record TestRecord(long TimestampMs, byte[]? Key, byte[]? Value, params (byte[] Key, byte[]? Value)[] Headers)
{
    public static TestRecord Random(Random random)
    {
        (byte[] Key, byte[]? Value)[] headers = new (byte[], byte[]?)[random.Next(4) == 0 ? random.Next(1, 70) : 0];
        for (int i = 0; i < headers.Length; i++)
        {
            headers[i] = (RandomBytes(random, 20), RandomNullableBytes(random, 200));
        }

        long timestamp = random.Next(8) == 0 ? random.NextInt64(-1, long.MaxValue) : 1_700_000_000_000 + random.Next(-10_000, 10_000);
        int maxValueLength = random.Next(20) == 0 ? 40_000 : 300;
        return new TestRecord(timestamp, RandomNullableBytes(random, 100), RandomNullableBytes(random, maxValueLength), headers);
    }

    public void AppendTo(RecordBatchBuilder builder)
    {
        foreach ((byte[] key, byte[]? value) in Headers)
        {
            builder.AddHeader(key, value);
        }

        builder.Append(TimestampMs, Key, Value);
    }

    /// <summary>Asserts that the records of a batch are these, and that nothing else is in it.</summary>
    public static void AssertRead(IReadOnlyList<TestRecord> expected, in RecordBatchHeader header, ReadOnlySpan<byte> records)
    {
        RecordReader reader = new(header, records);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.True(reader.TryRead(out Record record), $"record {i} of {expected.Count} is missing");
            Assert.Equal(header.BaseOffset + i, record.Offset);
            Assert.Equal(header.IsLogAppendTime ? header.MaxTimestamp : expected[i].TimestampMs, record.TimestampMs);
            Assert.Equal(expected[i].Key, record.Key.ToArray());
            Assert.Equal(expected[i].Value, record.Value.ToArray());
            AssertHeaders(expected[i].Headers, record.Headers);
        }

        Assert.False(reader.TryRead(out _));
        Assert.False(reader.IsMalformed);
    }

    private static void AssertHeaders((byte[] Key, byte[]? Value)[] expected, RecordHeaders headers)
    {
        Assert.Equal(expected.Length, headers.Count);
        int index = 0;
        foreach (RecordHeader header in headers)
        {
            Assert.Equal(expected[index].Key, header.Key.ToArray());
            Assert.Equal(expected[index].Value, header.Value.ToArray());
            index++;
        }

        Assert.Equal(expected.Length, index);
    }

    private static byte[]? RandomNullableBytes(Random random, int maxLength) => random.Next(6) == 0 ? null : RandomBytes(random, maxLength);

    private static byte[] RandomBytes(Random random, int maxLength)
    {
        byte[] bytes = new byte[random.Next(5) == 0 ? 0 : random.Next(maxLength + 1)];
        random.NextBytes(bytes);
        return bytes;
    }
}
