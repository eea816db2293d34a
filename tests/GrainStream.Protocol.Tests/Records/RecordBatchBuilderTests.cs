using System.Buffers;
using GrainStream.Protocol.Records;
using Xunit.Abstractions;

namespace GrainStream.Protocol.Tests.Records;

public sealed class RecordBatchBuilderTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void What_is_built_is_valid_and_reads_back(CompressionType compression)
    {
        Random random = Seeds.NewRandom(output);
        using RecordBatchBuilder builder = new(compression);
        using PooledBuffer decompressed = new();
        for (int round = 0; round < 200; round++)
        {
            builder.Reset();
            List<TestRecord> records = [.. Enumerable.Range(0, random.Next(1, 100)).Select(_ => TestRecord.Random(random))];
            records.ForEach(record => record.AppendTo(builder));
            bool isIdempotent = random.Next(2) == 0;
            if (isIdempotent)
            {
                builder.SetProducer(random.NextInt64(long.MaxValue), (short)random.Next(short.MaxValue), random.Next());
            }

            builder.IsTransactional = isIdempotent && random.Next(2) == 0;
            ReadOnlyMemory<byte> batch = builder.Build();
            RecordBatchVerdict verdict = RecordBatchValidator.Validate(
                Sequences.CutAtRandom(batch, random, 10_000), batch.Length, out RecordBatchHeader header);

            Assert.Equal(RecordBatchVerdict.Valid, verdict);
            Assert.Equal(records.Count, header.RecordCount);
            Assert.Equal(compression, header.Compression);
            Assert.Equal(isIdempotent, header.HasProducer);
            Assert.Equal(builder.IsTransactional, header.IsTransactional);
            Assert.Equal(records[0].TimestampMs, header.BaseTimestamp);
            Assert.Equal(records.Max(record => record.TimestampMs), header.MaxTimestamp);

            decompressed.Clear();
            ReadOnlySequence<byte> section = new(batch[RecordBatchHeader.Size..]);
            Assert.Equal(DecompressionStatus.Done, RecordCodec.Decompress(compression, section, builder.UncompressedSize, decompressed));
            Assert.Equal(builder.UncompressedSize - RecordBatchHeader.Size, decompressed.Length);
            TestRecord.AssertRead(records, header, decompressed.WrittenSpan);
        }
    }

    [Fact]
    public void Building_again_includes_the_records_appended_since()
    {
        using RecordBatchBuilder builder = new();
        TestRecord first = new(1, null, "first"u8.ToArray());
        TestRecord second = new(2, null, "second"u8.ToArray());
        first.AppendTo(builder);
        byte[] one = builder.Build().ToArray();
        second.AppendTo(builder);
        byte[] two = builder.Build().ToArray();
        TestRecord.AssertRead([first], RealBatches.HeaderOf(one), one.AsSpan(RecordBatchHeader.Size));
        TestRecord.AssertRead([first, second], RealBatches.HeaderOf(two), two.AsSpan(RecordBatchHeader.Size));
    }

    [Fact]
    public void Reset_forgets_records_headers_and_producer_and_keeps_the_rest()
    {
        using RecordBatchBuilder builder = new() { BaseOffset = 42, PartitionLeaderEpoch = 7, IsControl = true };
        builder.SetProducer(1, 2, 3);
        builder.Append(5, "old"u8, "old"u8);
        builder.AddHeader("old"u8, "old"u8);
        builder.Reset();
        Assert.Equal(0, builder.RecordCount);
        TestRecord record = new(9, "k"u8.ToArray(), "v"u8.ToArray());
        record.AppendTo(builder);
        byte[] batch = builder.Build().ToArray();
        RecordBatchHeader header = RealBatches.HeaderOf(batch);
        Assert.Equal((42L, 7, true), (header.BaseOffset, header.PartitionLeaderEpoch, header.IsControl));
        Assert.Equal((-1L, (short)-1, -1), (header.ProducerId, header.ProducerEpoch, header.BaseSequence));
        Assert.Equal((9L, 9L), (header.BaseTimestamp, header.MaxTimestamp));
        TestRecord.AssertRead([record], header, batch.AsSpan(RecordBatchHeader.Size));
    }

    [Fact]
    public void The_size_so_far_is_that_of_the_batch()
    {
        using RecordBatchBuilder builder = new();
        Assert.Equal(RecordBatchHeader.Size, builder.UncompressedSize);
        builder.Append(1, "key"u8, "value"u8);
        Assert.Equal(builder.UncompressedSize, builder.Build().Length);
    }

    [Fact]
    public void A_batch_without_records_is_not_built()
    {
        using RecordBatchBuilder builder = new();
        Assert.Throws<InvalidOperationException>(() => builder.Build());
    }

    [Fact]
    public void Compressions_that_are_not_defined_are_refused_at_once() =>
        Assert.Throws<NotSupportedException>(() => new RecordBatchBuilder((CompressionType)5));

    [Fact]
    public void A_producer_needs_an_id_an_epoch_and_a_sequence()
    {
        using RecordBatchBuilder builder = new();
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.SetProducer(-1, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.SetProducer(0, -1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.SetProducer(0, 0, -1));
    }

    [Fact]
    public void Appending_after_disposal_is_refused()
    {
        RecordBatchBuilder builder = new();
        builder.Dispose();
        builder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => builder.Append(1, NullableBytes.Null, NullableBytes.Null));
    }

    [Fact]
    public void Appending_and_building_allocates_nothing_once_the_buffer_is_large_enough()
    {
        using RecordBatchBuilder builder = new();
        BuildBatch(builder);
        long before = GC.GetAllocatedBytesForCurrentThread();
        BuildBatch(builder);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void BuildBatch(RecordBatchBuilder builder)
    {
        builder.Reset();
        for (int i = 0; i < 1_000; i++)
        {
            builder.AddHeader("header"u8, "of the record"u8);
            builder.Append(i, "key"u8, "value"u8);
        }

        builder.Build();
    }
}
