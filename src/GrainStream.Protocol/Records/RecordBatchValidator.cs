using System.Buffers;

namespace GrainStream.Protocol.Records;

/// <summary>
/// Decides whether what a producer sent for one partition may be appended. The bytes are stored as they are, so whatever passes
/// here is what consumers get. Answers what Kafka answers (its <c>ProduceRequest</c>, <c>UnifiedLog</c> and <c>LogValidator</c>),
/// except where the members say otherwise.
/// </summary>
/// <remarks>
/// <see cref="Validate"/> looks at the head and the checksum only: its cost is that of reading the bytes once, and does not grow with the
/// number of records. That records are well-formed is the producer's word, covered by its checksum; see docs/formats/record-batch.md.
/// </remarks>
public static class RecordBatchValidator
{
    /// <summary>Bytes of the smallest record: length, attributes, two deltas, null key, null value, no headers; a byte each.</summary>
    private const int MinRecordSize = 7;

    /// <summary>Most bytes that records are decompressed to: thirty times the usual limit of a batch.</summary>
    private const int MaxUnfoldedBytes = 32 << 20;

    /// <summary>
    /// Checks that <paramref name="records"/> is exactly one batch of magic 2, of at most <paramref name="maxBatchBytes"/> bytes,
    /// intact, and with a head that a producer may send. Never throws, whatever the bytes; allocates only for a refusal.
    /// </summary>
    /// <param name="records">The records field of a Produce request, version 3 or later. Borrowed for the call.</param>
    /// <param name="maxBatchBytes">The topic's <c>max.message.bytes</c>, compared to the whole batch as sent.</param>
    /// <param name="header">The batch's head where the verdict is valid; otherwise not to be used.</param>
    public static RecordBatchVerdict Validate(in ReadOnlySequence<byte> records, int maxBatchBytes, out RecordBatchHeader header)
    {
        RecordBatchVerdict layout = ReadHeader(records, out header);
        if (!layout.IsValid)
        {
            return layout;
        }

        if (header.BaseOffset != 0)
        {
            return Invalid($"the base offset of a batch to append must be 0, but is {header.BaseOffset}");
        }

        if (records.Length > maxBatchBytes)
        {
            return new RecordBatchVerdict(
                ErrorCode.MessageTooLarge,
                $"the batch has {records.Length} bytes, more than the {maxBatchBytes} that max.message.bytes allows");
        }

        uint crc = Crc32C.Compute(records.Slice(RecordBatchHeader.CrcCoverageStart));
        if (crc != header.Crc)
        {
            return Corrupt($"the batch's checksum is 0x{header.Crc:x8}, but that of its bytes is 0x{crc:x8}");
        }

        RecordBatchVerdict attributes = CheckAttributes(header);
        if (!attributes.IsValid)
        {
            return attributes;
        }

        RecordBatchVerdict counts = CheckCounts(header);
        return counts.IsValid ? CheckProducer(header) : counts;
    }

    /// <summary>
    /// Checks what a compacted topic asks besides: every record has a key. This does read the records, decompressing them where it must, and its cost
    /// grows with them. A batch whose codec cannot be read here, or that unfolds to more than <see cref="MaxUnfoldedBytes"/>, is let through:
    /// compaction leaves such batches as they are.
    /// </summary>
    /// <param name="records">A batch that <see cref="Validate"/> found valid. Borrowed for the call.</param>
    /// <param name="header">Its head.</param>
    public static RecordBatchVerdict ValidateKeys(in ReadOnlySequence<byte> records, in RecordBatchHeader header)
    {
        ReadOnlySequence<byte> stored = records.Slice(RecordBatchHeader.Size);
        using PooledBuffer copy = new();
        ReadOnlySpan<byte> plain = stored.FirstSpan;
        if (header.Compression != CompressionType.None || !stored.IsSingleSegment)
        {
            DecompressionStatus status = RecordCodec.Decompress(header.Compression, stored, MaxUnfoldedBytes, copy);
            if (status is DecompressionStatus.UnsupportedCodec or DecompressionStatus.TooLarge)
            {
                return RecordBatchVerdict.Valid;
            }

            if (status == DecompressionStatus.Malformed)
            {
                return Invalid($"the records cannot be decompressed: they are not {header.Compression}");
            }

            plain = copy.WrittenSpan;
        }

        RecordReader reader = new(header, plain);
        for (int index = 0; reader.TryRead(out Record record); index++)
        {
            if (record.Key.IsNull)
            {
                return Invalid($"a compacted topic takes only records with a key, and record {index} of the batch has none");
            }
        }

        return reader.IsMalformed ? Invalid("the batch's records are malformed") : RecordBatchVerdict.Valid;
    }

    /// <summary>Everything that must hold before the head's fields can be read at all.</summary>
    private static RecordBatchVerdict ReadHeader(in ReadOnlySequence<byte> records, out RecordBatchHeader header)
    {
        if (!RecordBatchHeader.TryRead(records, out header))
        {
            return Invalid(records.IsEmpty
                ? "there is no record batch"
                : $"{records.Length} bytes are too few for the head of a record batch");
        }

        if (header.Magic is 0 or 1)
        {
            return Invalid($"a batch must have magic 2, but has magic {header.Magic}, which brokers no longer accept");
        }

        if (header.Magic != RecordBatchHeader.CurrentMagic)
        {
            return Corrupt($"a batch must have magic 2, but has magic {header.Magic}");
        }

        long size = header.BatchLength + (long)RecordBatchHeader.LengthOverhead;
        if (size < RecordBatchHeader.Size)
        {
            return Corrupt($"the batch's length field is {header.BatchLength}, too few for the head");
        }

        if (size > records.Length)
        {
            return Invalid($"the batch says it has {size} bytes, but {records.Length} were sent");
        }

        return size < records.Length
            ? Invalid($"there must be exactly one batch per partition, but {records.Length - size} bytes follow it")
            : RecordBatchVerdict.Valid;
    }

    /// <summary>
    /// Kafka ignores unknown attribute bits and, on some topics, takes batches that claim log append time; we store bytes as
    /// they are, so a bit we pass on without knowing it would be ours.
    /// </summary>
    private static RecordBatchVerdict CheckAttributes(in RecordBatchHeader header)
    {
        if ((header.Attributes & ~RecordBatchAttributes.Known) != 0)
        {
            return Invalid($"the batch's attributes 0x{header.Attributes:x4} have bits that are not defined");
        }

        if (header.IsControl)
        {
            return Invalid("clients may not write control batches");
        }

        if ((header.Attributes & RecordBatchAttributes.DeleteHorizon) != 0)
        {
            return Invalid("clients may not set a delete horizon");
        }

        if (header.IsLogAppendTime)
        {
            return new RecordBatchVerdict(ErrorCode.InvalidTimestamp, "producers may not set the timestamp type to LogAppendTime");
        }

        return header.Compression > CompressionType.Zstd
            ? new RecordBatchVerdict(ErrorCode.UnsupportedCompressionType, $"compression type {(int)header.Compression} is not defined")
            : RecordBatchVerdict.Valid;
    }

    private static RecordBatchVerdict CheckCounts(in RecordBatchHeader header)
    {
        if (header.RecordCount <= 0)
        {
            return Invalid($"the batch says it has {header.RecordCount} records");
        }

        if (header.LastOffsetDelta != header.RecordCount - 1)
        {
            return Invalid($"the batch's last offset delta {header.LastOffsetDelta} does not fit its {header.RecordCount} records");
        }

        int recordsSize = header.TotalSize - RecordBatchHeader.Size;
        return header.Compression == CompressionType.None && header.RecordCount > recordsSize / MinRecordSize
            ? Invalid($"{recordsSize} bytes cannot hold {header.RecordCount} records")
            : RecordBatchVerdict.Valid;
    }

    /// <summary>Without a producer id, epoch and sequence mean nothing, and clients fill them differently.</summary>
    private static RecordBatchVerdict CheckProducer(in RecordBatchHeader header)
    {
        if (header.ProducerId < -1)
        {
            return Invalid($"the producer id {header.ProducerId} is neither an id nor -1");
        }

        if (!header.HasProducer)
        {
            return header.IsTransactional ? Invalid("a transactional batch needs a producer id") : RecordBatchVerdict.Valid;
        }

        if (header.ProducerEpoch < 0)
        {
            return Invalid($"the producer epoch {header.ProducerEpoch} of producer {header.ProducerId} is negative");
        }

        return header.BaseSequence < 0
            ? Invalid($"the base sequence {header.BaseSequence} of producer {header.ProducerId} is negative")
            : RecordBatchVerdict.Valid;
    }

    private static RecordBatchVerdict Invalid(string reason) => new(ErrorCode.InvalidRecord, reason);

    private static RecordBatchVerdict Corrupt(string reason) => new(ErrorCode.CorruptMessage, reason);
}
