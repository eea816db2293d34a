using System.Buffers;
using GrainStream.Protocol.Records;

namespace GrainStream.Protocol.Tests.Records;

public sealed class RealBatchTests
{
    public static TheoryData<string> OfFiveRecords => new(RealBatches.OfFiveRecords);

    [Theory]
    [MemberData(nameof(OfFiveRecords))]
    [InlineData(RealBatches.LongVarints)]
    public void What_real_clients_send_is_valid(string name)
    {
        byte[] batch = RealBatches.Load(name);
        RecordBatchVerdict verdict = RecordBatchValidator.Validate(
            new ReadOnlySequence<byte>(batch), batch.Length, out RecordBatchHeader header);
        Assert.Equal(RecordBatchVerdict.Valid, verdict);
        Assert.Equal(batch.Length, header.TotalSize);
    }

    [Theory]
    [MemberData(nameof(OfFiveRecords))]
    public void The_head_says_what_the_client_was_told(string name)
    {
        RecordBatchHeader header = RealBatches.HeaderOf(RealBatches.Load(name));
        Assert.Equal(5, header.RecordCount);
        Assert.Equal(4, header.LastOffsetDelta);
        Assert.Equal(5, header.NextOffset);
        Assert.Equal(1_700_000_000_000, header.BaseTimestamp);
        Assert.Equal(1_700_000_000_028, header.MaxTimestamp);
        Assert.Equal(name.Contains("idempotent") || name.Contains("transactional"), header.HasProducer);
        Assert.Equal(name.Contains("transactional"), header.IsTransactional);
        Assert.False(header.IsControl);
        Assert.False(header.IsLogAppendTime);
        CompressionType expected = Enum.GetValues<CompressionType>().SingleOrDefault(
            type => name.Contains($"-{type}", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(expected, header.Compression);
    }

    [Theory]
    [MemberData(nameof(OfFiveRecords))]
    public void The_reader_finds_the_records_that_were_sent(string name)
    {
        byte[] batch = RealBatches.Load(name);
        RecordBatchHeader header = RealBatches.HeaderOf(batch);
        using PooledBuffer records = new();
        DecompressionStatus status = RecordCodec.Decompress(
            header.Compression, new ReadOnlySequence<byte>(batch.AsMemory(RecordBatchHeader.Size)), 10_000, records);
        Assert.Equal(DecompressionStatus.Done, status);
        TestRecord.AssertRead(RealBatches.FiveRecords, header, records.WrittenSpan);
    }

    [Fact]
    public void The_reader_reads_lengths_and_deltas_of_every_size()
    {
        byte[] batch = RealBatches.Load(RealBatches.LongVarints);
        TestRecord.AssertRead(RealBatches.LongVarintRecords, RealBatches.HeaderOf(batch), batch.AsSpan(RecordBatchHeader.Size));
    }

    [Theory]
    [InlineData("librdkafka-none")]
    [InlineData("librdkafka-none-idempotent")]
    [InlineData("kafka-python-none")]
    [InlineData("kafka-python-transactional")]
    public void The_builder_makes_the_same_bytes_as_real_clients(string name)
    {
        byte[] expected = RealBatches.Load(name);
        Assert.Equal(expected, Rebuild(RealBatches.HeaderOf(expected), RealBatches.FiveRecords));
    }

    [Fact]
    public void The_builder_makes_the_same_bytes_for_lengths_and_deltas_of_every_size()
    {
        byte[] expected = RealBatches.Load(RealBatches.LongVarints);
        Assert.Equal(expected, Rebuild(RealBatches.HeaderOf(expected), RealBatches.LongVarintRecords));
    }

    private static byte[] Rebuild(in RecordBatchHeader header, IEnumerable<TestRecord> records)
    {
        using RecordBatchBuilder builder = new() { PartitionLeaderEpoch = 0, IsTransactional = header.IsTransactional };
        if (header.HasProducer)
        {
            builder.SetProducer(header.ProducerId, header.ProducerEpoch, header.BaseSequence);
        }

        foreach (TestRecord record in records)
        {
            record.AppendTo(builder);
        }

        return builder.Build().ToArray();
    }
}
