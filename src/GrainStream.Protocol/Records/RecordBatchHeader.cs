using System.Buffers;
using System.Buffers.Binary;

namespace GrainStream.Protocol.Records;

/// <summary>
/// The fixed 61-byte head of a record batch, magic 2 (KIP-98). All integers are big-endian on the wire.
/// <code>
///  0 base offset i64 | 8 batch length i32 | 12 partition leader epoch i32 | 16 magic i8 | 17 crc u32 (of bytes 21..)
/// 21 attributes i16 | 23 last offset delta i32 | 27 base timestamp i64 | 35 max timestamp i64
/// 43 producer id i64 | 51 producer epoch i16 | 53 base sequence i32 | 57 record count i32 | 61 records
/// </code>
/// </summary>
public readonly record struct RecordBatchHeader(
    long BaseOffset,
    int BatchLength,
    int PartitionLeaderEpoch,
    sbyte Magic,
    uint Crc,
    short Attributes,
    int LastOffsetDelta,
    long BaseTimestamp,
    long MaxTimestamp,
    long ProducerId,
    short ProducerEpoch,
    int BaseSequence,
    int RecordCount)
{
    /// <summary>Bytes of the head.</summary>
    public const int Size = 61;

    /// <summary>The only record batch format in use (Kafka 0.11 and later).</summary>
    public const sbyte CurrentMagic = 2;

    /// <summary>Bytes before those that <see cref="BatchLength"/> counts.</summary>
    public const int LengthOverhead = 12;

    /// <summary>Where the bytes covered by <see cref="Crc"/> begin; they end with the batch.</summary>
    public const int CrcCoverageStart = 21;

    /// <summary>Byte position of the base offset, outside the CRC, assigned by the broker.</summary>
    public const int BaseOffsetPosition = 0;

    /// <summary>Byte position of the partition leader epoch, outside the CRC, assigned by the broker.</summary>
    public const int PartitionLeaderEpochPosition = 12;

    private const int MagicPosition = 16;
    private const int CrcPosition = 17;

    /// <summary>Bytes of the whole batch, head included. Meaningful once the batch is known to be valid.</summary>
    public int TotalSize => BatchLength + LengthOverhead;

    /// <summary>How the records after the head are compressed; values beyond the named ones are unknown codecs.</summary>
    public CompressionType Compression => (CompressionType)(Attributes & RecordBatchAttributes.CompressionMask);

    public bool IsLogAppendTime => (Attributes & RecordBatchAttributes.LogAppendTime) != 0;
    public bool IsTransactional => (Attributes & RecordBatchAttributes.Transactional) != 0;
    public bool IsControl => (Attributes & RecordBatchAttributes.Control) != 0;

    /// <summary>
    /// Compaction has seen tombstones in the batch: <see cref="BaseTimestamp"/> is the moment, Unix milliseconds, from which on they may go (KIP-534).
    /// The records' timestamps are differences to it as ever.
    /// </summary>
    public bool HasDeleteHorizon => (Attributes & RecordBatchAttributes.DeleteHorizon) != 0;

    /// <summary>Sent by an idempotent producer, with sequence numbers.</summary>
    public bool HasProducer => ProducerId >= 0;

    /// <summary>Offset after the batch's last record.</summary>
    public long NextOffset => BaseOffset + LastOffsetDelta + 1;

    /// <summary>Sequence of the last record; sequences wrap from <see cref="int.MaxValue"/> to 0. -1 without sequences.</summary>
    public int LastSequence => BaseSequence < 0 ? -1 : (int)((BaseSequence + (long)LastOffsetDelta) & int.MaxValue);

    /// <summary>Reads the head; false if <paramref name="source"/> is shorter than <see cref="Size"/>. Checks nothing else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out RecordBatchHeader header)
    {
        if (source.Length < Size)
        {
            header = default;
            return false;
        }

        header = new RecordBatchHeader(
            BinaryPrimitives.ReadInt64BigEndian(source),
            BinaryPrimitives.ReadInt32BigEndian(source[8..]),
            BinaryPrimitives.ReadInt32BigEndian(source[PartitionLeaderEpochPosition..]),
            (sbyte)source[MagicPosition],
            BinaryPrimitives.ReadUInt32BigEndian(source[CrcPosition..]),
            BinaryPrimitives.ReadInt16BigEndian(source[CrcCoverageStart..]),
            BinaryPrimitives.ReadInt32BigEndian(source[23..]),
            BinaryPrimitives.ReadInt64BigEndian(source[27..]),
            BinaryPrimitives.ReadInt64BigEndian(source[35..]),
            BinaryPrimitives.ReadInt64BigEndian(source[43..]),
            BinaryPrimitives.ReadInt16BigEndian(source[51..]),
            BinaryPrimitives.ReadInt32BigEndian(source[53..]),
            BinaryPrimitives.ReadInt32BigEndian(source[57..]));
        return true;
    }

    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out RecordBatchHeader)"/>
    public static bool TryRead(in ReadOnlySequence<byte> source, out RecordBatchHeader header)
    {
        ReadOnlySpan<byte> first = source.FirstSpan;
        if (first.Length >= Size || source.Length < Size)
        {
            return TryRead(first, out header);
        }

        Span<byte> head = stackalloc byte[Size];
        source.Slice(0, Size).CopyTo(head);
        return TryRead(head, out header);
    }

    /// <summary>Sets the base offset of the batch that begins at <paramref name="batch"/>; the CRC does not cover it.</summary>
    public static void PatchBaseOffset(Span<byte> batch, long baseOffset) =>
        BinaryPrimitives.WriteInt64BigEndian(batch[BaseOffsetPosition..], baseOffset);

    /// <summary>Sets the partition leader epoch of the batch that begins at <paramref name="batch"/>; the CRC does not cover it.</summary>
    public static void PatchPartitionLeaderEpoch(Span<byte> batch, int partitionLeaderEpoch) =>
        BinaryPrimitives.WriteInt32BigEndian(batch[PartitionLeaderEpochPosition..], partitionLeaderEpoch);

    /// <summary>Writes the head as it stands, <see cref="Crc"/> included, to the first <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        Span<byte> head = destination[..Size];
        BinaryPrimitives.WriteInt64BigEndian(head, BaseOffset);
        BinaryPrimitives.WriteInt32BigEndian(head[8..], BatchLength);
        BinaryPrimitives.WriteInt32BigEndian(head[PartitionLeaderEpochPosition..], PartitionLeaderEpoch);
        head[MagicPosition] = (byte)Magic;
        BinaryPrimitives.WriteUInt32BigEndian(head[CrcPosition..], Crc);
        BinaryPrimitives.WriteInt16BigEndian(head[CrcCoverageStart..], Attributes);
        BinaryPrimitives.WriteInt32BigEndian(head[23..], LastOffsetDelta);
        BinaryPrimitives.WriteInt64BigEndian(head[27..], BaseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(head[35..], MaxTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(head[43..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(head[51..], ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(head[53..], BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(head[57..], RecordCount);
    }

    /// <summary>
    /// The head that makes every record's timestamp <paramref name="timestampMs"/> (Unix milliseconds), as a topic with
    /// <c>message.timestamp.type=LogAppendTime</c> wants it. The base timestamp stays: the records' deltas refer to it.
    /// </summary>
    /// <remarks>
    /// The new CRC follows from the old one and the two heads; the records are not read. So a batch whose CRC was wrong
    /// before has a wrong one after: validate first.
    /// </remarks>
    public RecordBatchHeader WithLogAppendTime(long timestampMs)
    {
        RecordBatchHeader changed = this with
        {
            Attributes = (short)(Attributes | RecordBatchAttributes.LogAppendTime),
            MaxTimestamp = timestampMs,
        };

        // CRC(head + records) = shift(CRC(head), records) ^ CRC(records): the difference of two heads shifts alike.
        uint headDifference = ComputeCoveredHeadCrc() ^ changed.ComputeCoveredHeadCrc();
        return changed with { Crc = Crc32C.Combine(headDifference, Crc, TotalSize - Size) };
    }

    /// <summary>The head with the CRC that belongs to it and <paramref name="records"/>, the bytes after the head.</summary>
    public RecordBatchHeader WithCrcOf(ReadOnlySpan<byte> records) => this with { Crc = Crc32C.Append(ComputeCoveredHeadCrc(), records) };

    private uint ComputeCoveredHeadCrc()
    {
        Span<byte> head = stackalloc byte[Size];
        Write(head);
        return Crc32C.Compute(head[CrcCoverageStart..]);
    }
}
