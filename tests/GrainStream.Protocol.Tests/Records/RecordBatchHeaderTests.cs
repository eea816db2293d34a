using System.Buffers;
using GrainStream.Protocol.Records;

namespace GrainStream.Protocol.Tests.Records;

public sealed class RecordBatchHeaderTests
{
    private static readonly RecordBatchHeader Distinct = new(
        BaseOffset: 0x0102030405060708,
        BatchLength: 0x090a0b0c,
        PartitionLeaderEpoch: 0x0d0e0f10,
        Magic: 2,
        Crc: 0x12131415,
        Attributes: 0x1617,
        LastOffsetDelta: 0x18191a1b,
        BaseTimestamp: 0x1c1d1e1f20212223,
        MaxTimestamp: 0x2425262728292a2b,
        ProducerId: 0x2c2d2e2f30313233,
        ProducerEpoch: 0x3435,
        BaseSequence: 0x36373839,
        RecordCount: 0x3a3b3c3d);

    [Fact]
    public void Every_field_has_its_place()
    {
        byte[] written = new byte[RecordBatchHeader.Size];
        Distinct.Write(written);
        Assert.Equal(
            "0102030405060708" + "090a0b0c" + "0d0e0f10" + "02" + "12131415" + "1617" + "18191a1b" + "1c1d1e1f20212223"
                + "2425262728292a2b" + "2c2d2e2f30313233" + "3435" + "36373839" + "3a3b3c3d",
            Convert.ToHexStringLower(written));
        Assert.True(RecordBatchHeader.TryRead(written, out RecordBatchHeader read));
        Assert.Equal(Distinct, read);
    }

    [Fact]
    public void A_head_cut_into_pieces_reads_the_same_and_a_short_one_does_not_read()
    {
        byte[] written = new byte[RecordBatchHeader.Size + 10];
        Distinct.Write(written);
        ReadOnlyMemory<byte> tooShort = written.AsMemory(0, RecordBatchHeader.Size - 1);
        for (int segmentBytes = 1; segmentBytes <= written.Length; segmentBytes++)
        {
            Assert.True(RecordBatchHeader.TryRead(Sequences.CutEvery(written, segmentBytes), out RecordBatchHeader read));
            Assert.Equal(Distinct, read);
            Assert.False(RecordBatchHeader.TryRead(Sequences.CutEvery(tooShort, segmentBytes), out _));
        }
    }

    [Fact]
    public void Patching_offset_and_epoch_changes_them_alone_and_leaves_the_checksum_right()
    {
        byte[] batch = RealBatches.Load("librdkafka-none");
        RecordBatchHeader before = RealBatches.HeaderOf(batch);
        RecordBatchHeader.PatchBaseOffset(batch, 1_234_567_890_123);
        RecordBatchHeader.PatchPartitionLeaderEpoch(batch, 77);
        RecordBatchHeader after = RealBatches.HeaderOf(batch);
        Assert.Equal(before with { BaseOffset = 1_234_567_890_123, PartitionLeaderEpoch = 77 }, after);
        Assert.Equal(after.Crc, Crc32C.Compute(batch.AsSpan(RecordBatchHeader.CrcCoverageStart)));
    }

    [Theory]
    [InlineData("librdkafka-none")]
    [InlineData("librdkafka-zstd-idempotent")]
    [InlineData("kafka-python-transactional")]
    [InlineData(RealBatches.LongVarints)]
    public void Log_append_time_changes_attribute_and_maximum_and_gives_the_checksum_without_reading_the_records(string name)
    {
        byte[] batch = RealBatches.Load(name);
        RecordBatchHeader before = RealBatches.HeaderOf(batch);
        RecordBatchHeader after = before.WithLogAppendTime(1_800_000_000_000);
        Assert.True(after.IsLogAppendTime);
        Assert.Equal(1_800_000_000_000, after.MaxTimestamp);
        Assert.Equal(before, after with { Attributes = before.Attributes, MaxTimestamp = before.MaxTimestamp, Crc = before.Crc });

        after.Write(batch);
        Assert.Equal(after.Crc, Crc32C.Compute(batch.AsSpan(RecordBatchHeader.CrcCoverageStart)));
        Assert.Equal(after, after.WithLogAppendTime(1_800_000_000_000));
    }

    [Fact]
    public void Records_of_a_batch_with_log_append_time_all_have_that_time()
    {
        byte[] batch = RealBatches.Load("kafka-python-none");
        RecordBatchHeader header = RealBatches.HeaderOf(batch).WithLogAppendTime(1_800_000_000_000);
        TestRecord.AssertRead(RealBatches.FiveRecords, header, batch.AsSpan(RecordBatchHeader.Size));
    }

    [Fact]
    public void The_checksum_of_given_records_is_that_of_the_bytes()
    {
        byte[] batch = RealBatches.Load("kafka-python-none");
        RecordBatchHeader header = RealBatches.HeaderOf(batch);
        Assert.Equal(header, (header with { Crc = 0 }).WithCrcOf(batch.AsSpan(RecordBatchHeader.Size)));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(10, 4, 14)]
    [InlineData(int.MaxValue - 1, 1, int.MaxValue)]
    [InlineData(int.MaxValue, 1, 0)]
    [InlineData(int.MaxValue - 2, 4, 1)]
    [InlineData(-1, 4, -1)]
    public void Sequences_wrap_to_zero_and_are_absent_where_the_first_is(int baseSequence, int lastOffsetDelta, int expected)
    {
        RecordBatchHeader header = Distinct with { BaseSequence = baseSequence, LastOffsetDelta = lastOffsetDelta };
        Assert.Equal(expected, header.LastSequence);
    }
}
