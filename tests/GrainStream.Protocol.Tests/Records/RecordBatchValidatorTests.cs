using System.Buffers;
using System.Buffers.Binary;
using GrainStream.Protocol.Records;

namespace GrainStream.Protocol.Tests.Records;

public sealed class RecordBatchValidatorTests
{
    private static readonly byte[] Batch = RealBatches.Load("kafka-python-none");
    private static readonly byte[] IdempotentBatch = RealBatches.Load("librdkafka-none-idempotent");

    [Fact]
    public void A_batch_of_exactly_the_allowed_size_is_valid_however_it_is_cut()
    {
        for (int segmentBytes = 1; segmentBytes <= Batch.Length; segmentBytes += segmentBytes < 70 ? 1 : 131)
        {
            ReadOnlySequence<byte> sequence = Sequences.CutEvery(Batch, segmentBytes);
            Assert.True(RecordBatchValidator.Validate(sequence, Batch.Length, out RecordBatchHeader header).IsValid);
            Assert.Equal(RealBatches.HeaderOf(Batch), header);
        }
    }

    [Fact]
    public void No_bytes_are_no_batch() => Refused(ErrorCode.InvalidRecord, [], "there is no record batch");

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(60)]
    public void Less_than_a_head_is_refused(int length) =>
        Refused(ErrorCode.InvalidRecord, Batch[..length], $"{length} bytes are too few for the head of a record batch");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_old_formats_are_refused(sbyte magic) =>
        Refused(ErrorCode.InvalidRecord, Changed(Batch, h => h with { Magic = magic }), $"magic {magic}, which brokers no longer accept");

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void An_unknown_format_is_corrupt(sbyte magic) =>
        Refused(ErrorCode.CorruptMessage, Changed(Batch, h => h with { Magic = magic }), $"has magic {magic}");

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(-12)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(48)]
    public void A_length_that_leaves_no_room_for_the_head_is_corrupt(int batchLength) => Refused(
        ErrorCode.CorruptMessage, Changed(Batch, h => h with { BatchLength = batchLength }), $"length field is {batchLength}, too few");

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue - 912)]
    public void A_batch_that_claims_more_bytes_than_were_sent_is_refused(int more) => Refused(
        ErrorCode.InvalidRecord,
        Changed(Batch, h => h with { BatchLength = h.BatchLength + more }),
        $"says it has {Batch.Length + (long)more} bytes, but {Batch.Length} were sent");

    [Fact]
    public void A_batch_cut_short_is_refused() =>
        Refused(ErrorCode.InvalidRecord, Batch[..^1], $"says it has {Batch.Length} bytes, but {Batch.Length - 1} were sent");

    [Fact]
    public void A_second_batch_is_refused() =>
        Refused(ErrorCode.InvalidRecord, [.. Batch, .. Batch], $"exactly one batch per partition, but {Batch.Length} bytes follow it");

    [Fact]
    public void Bytes_after_the_batch_are_refused() => Refused(ErrorCode.InvalidRecord, [.. Batch, 0], "but 1 bytes follow it");

    [Fact]
    public void A_base_offset_is_the_brokers_to_give() =>
        Refused(ErrorCode.InvalidRecord, Changed(Batch, h => h with { BaseOffset = 5 }), "must be 0, but is 5");

    [Fact]
    public void A_batch_larger_than_allowed_is_refused_without_computing_its_checksum()
    {
        RecordBatchVerdict verdict = RecordBatchValidator.Validate(
            new ReadOnlySequence<byte>(WithWrongChecksum()), Batch.Length - 1, out _);
        Assert.Equal(ErrorCode.MessageTooLarge, verdict.Error);
        Assert.Contains($"has {Batch.Length} bytes, more than the {Batch.Length - 1}", verdict.Reason);
    }

    [Fact]
    public void A_wrong_checksum_is_corrupt() => Refused(ErrorCode.CorruptMessage, WithWrongChecksum(), "checksum");

    [Fact]
    public void Any_changed_bit_under_the_checksum_is_corrupt()
    {
        for (int position = RecordBatchHeader.CrcCoverageStart; position < Batch.Length; position++)
        {
            byte[] changed = [.. Batch];
            changed[position] ^= (byte)(1 << (position % 8));
            Refused(ErrorCode.CorruptMessage, changed, "checksum");
        }
    }

    [Theory]
    [InlineData(0x0080)]
    [InlineData(0x0100)]
    [InlineData(0x8000)]
    public void Undefined_attributes_are_refused(int bit) => RefusedWithRightChecksum(
        ErrorCode.InvalidRecord, Batch, h => h with { Attributes = unchecked((short)bit) }, "bits that are not defined");

    [Fact]
    public void Control_batches_are_not_for_clients() => RefusedWithRightChecksum(
        ErrorCode.InvalidRecord, Batch, h => h with { Attributes = 0x20 }, "clients may not write control batches");

    [Fact]
    public void Delete_horizons_are_not_for_clients() => RefusedWithRightChecksum(
        ErrorCode.InvalidRecord, Batch, h => h with { Attributes = 0x40 }, "delete horizon");

    [Fact]
    public void Log_append_time_is_not_for_clients() =>
        RefusedWithRightChecksum(ErrorCode.InvalidTimestamp, Batch, h => h with { Attributes = 0x08 }, "LogAppendTime");

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Undefined_codecs_are_refused(short codec) => RefusedWithRightChecksum(
        ErrorCode.UnsupportedCompressionType, Batch, h => h with { Attributes = codec }, $"compression type {codec} is not defined");

    [Theory]
    [InlineData(0, -1)]
    [InlineData(-1, -2)]
    [InlineData(int.MinValue, int.MaxValue)]
    public void A_batch_without_records_is_refused(int recordCount, int lastOffsetDelta) => RefusedWithRightChecksum(
        ErrorCode.InvalidRecord,
        Batch,
        h => h with { RecordCount = recordCount, LastOffsetDelta = lastOffsetDelta },
        $"says it has {recordCount} records");

    [Theory]
    [InlineData(5, 5)]
    [InlineData(5, 3)]
    [InlineData(4, 4)]
    [InlineData(5, -1)]
    public void A_last_offset_that_does_not_fit_the_count_is_refused(int recordCount, int lastOffsetDelta) => RefusedWithRightChecksum(
        ErrorCode.InvalidRecord,
        Batch,
        h => h with { RecordCount = recordCount, LastOffsetDelta = lastOffsetDelta },
        $"last offset delta {lastOffsetDelta} does not fit its {recordCount} records");

    [Theory]
    [InlineData(123)]
    [InlineData(int.MaxValue)]
    public void More_records_than_the_bytes_can_hold_are_refused(int recordCount) => RefusedWithRightChecksum(
        ErrorCode.InvalidRecord,
        Batch,
        h => h with { RecordCount = recordCount, LastOffsetDelta = recordCount - 1 },
        $"{Batch.Length - RecordBatchHeader.Size} bytes cannot hold {recordCount} records");

    [Fact]
    public void A_head_without_records_is_refused()
    {
        byte[] head = Batch[..RecordBatchHeader.Size];
        RefusedWithRightChecksum(
            ErrorCode.InvalidRecord,
            head,
            h => h with { BatchLength = RecordBatchHeader.Size - RecordBatchHeader.LengthOverhead, RecordCount = 1, LastOffsetDelta = 0 },
            "0 bytes cannot hold 1 records");
    }

    [Fact]
    public void A_producer_id_is_not_below_minus_one() => RefusedWithRightChecksum(
        ErrorCode.InvalidRecord, IdempotentBatch, h => h with { ProducerId = -2 }, "producer id -2 is neither an id nor -1");

    [Fact]
    public void An_idempotent_producer_has_an_epoch() => RefusedWithRightChecksum(
        ErrorCode.InvalidRecord, IdempotentBatch, h => h with { ProducerEpoch = -1 }, "producer epoch -1");

    [Fact]
    public void An_idempotent_producer_has_a_sequence() => RefusedWithRightChecksum(
        ErrorCode.InvalidRecord, IdempotentBatch, h => h with { BaseSequence = -1 }, "base sequence -1");

    [Fact]
    public void A_transaction_has_a_producer() => RefusedWithRightChecksum(
        ErrorCode.InvalidRecord, Batch, h => h with { Attributes = 0x10 }, "a transactional batch needs a producer id");

    [Fact]
    public void Without_a_producer_id_epoch_and_sequence_may_be_anything()
    {
        byte[] batch = WithRightChecksum(Batch, h => h with { ProducerEpoch = 0, BaseSequence = 0 });
        Assert.True(RecordBatchValidator.Validate(new ReadOnlySequence<byte>(batch), batch.Length, out _).IsValid);
    }

    [Fact]
    public void A_valid_batch_allocates_nothing()
    {
        ReadOnlySequence<byte> single = new(Batch);
        ReadOnlySequence<byte> cut = Sequences.CutEvery(Batch, 40);
        ValidateBoth();
        long before = GC.GetAllocatedBytesForCurrentThread();
        ValidateBoth();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void ValidateBoth()
        {
            for (int i = 0; i < 100; i++)
            {
                RecordBatchValidator.Validate(single, int.MaxValue, out _);
                RecordBatchValidator.Validate(cut, int.MaxValue, out _);
            }
        }
    }

    private static void RefusedWithRightChecksum(
        ErrorCode error, byte[] batch, Func<RecordBatchHeader, RecordBatchHeader> change, string reason) =>
        Refused(error, WithRightChecksum(batch, change), reason);

    private static void Refused(ErrorCode error, byte[] batch, string reason)
    {
        foreach (int segmentBytes in new[] { Math.Max(batch.Length, 1), 7 })
        {
            RecordBatchVerdict verdict = RecordBatchValidator.Validate(Sequences.CutEvery(batch, segmentBytes), int.MaxValue, out _);
            Assert.Equal(error, verdict.Error);
            Assert.False(verdict.IsValid);
            Assert.Contains(reason, verdict.Reason);
        }
    }

    private static byte[] Changed(byte[] batch, Func<RecordBatchHeader, RecordBatchHeader> change)
    {
        byte[] changed = [.. batch];
        change(RealBatches.HeaderOf(batch)).Write(changed);
        return changed;
    }

    private static byte[] WithRightChecksum(byte[] batch, Func<RecordBatchHeader, RecordBatchHeader> change) =>
        Changed(batch, header => change(header).WithCrcOf(batch.AsSpan(RecordBatchHeader.Size)));

    private static byte[] WithWrongChecksum()
    {
        byte[] changed = [.. Batch];
        BinaryPrimitives.WriteUInt32BigEndian(changed.AsSpan(17), 0xDEADBEEF);
        return changed;
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Zstd)]
    public void Keys_are_looked_for_in_every_record(CompressionType codec)
    {
        using RecordBatchBuilder builder = new(codec);
        builder.Append(1, "a"u8, "value"u8);
        builder.Append(1, ""u8, NullableBytes.Null);
        Assert.Equal(RecordBatchVerdict.Valid, ValidateKeys(builder.Build().ToArray()));
        builder.Append(1, NullableBytes.Null, "value"u8);
        Assert.Equal(ErrorCode.InvalidRecord, ValidateKeys(builder.Build().ToArray()).Error);
    }

    [Fact]
    public void Keys_cannot_be_looked_for_in_records_that_are_malformed_or_of_an_unknown_codec()
    {
        using RecordBatchBuilder builder = new();
        builder.Append(1, "a"u8, "value"u8);
        byte[] batch = builder.Build().ToArray();
        batch[RecordBatchHeader.Size] = 0x7F;
        Assert.Equal(ErrorCode.InvalidRecord, ValidateKeys(batch).Error);
        batch[RecordBatchHeader.CrcCoverageStart + 1] = (byte)CompressionType.Lz4;
        Assert.Equal(ErrorCode.InvalidRecord, ValidateKeys(batch).Error);
        batch[RecordBatchHeader.CrcCoverageStart + 1] = 7;
        Assert.Equal(RecordBatchVerdict.Valid, ValidateKeys(batch));
    }

    private static RecordBatchVerdict ValidateKeys(byte[] batch)
    {
        Assert.True(RecordBatchHeader.TryRead(batch, out RecordBatchHeader header));
        RecordBatchVerdict whole = RecordBatchValidator.ValidateKeys(new ReadOnlySequence<byte>(batch), header);
        Assert.Equal(whole, RecordBatchValidator.ValidateKeys(Sequences.CutEvery(batch, 7), header));
        return whole;
    }
}
