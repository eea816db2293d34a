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

    /// <summary>Bytes before those that <see cref="BatchLength"/> counts.</summary>
    public const int LengthOverhead = 12;

    /// <summary>Where the bytes covered by <see cref="Crc"/> begin; they end with the batch.</summary>
    public const int CrcCoverageStart = 21;

    /// <summary>Byte position of the base offset, outside the CRC, assigned by the broker.</summary>
    public const int BaseOffsetPosition = 0;

    /// <summary>Byte position of the partition leader epoch, outside the CRC, assigned by the broker.</summary>
    public const int PartitionLeaderEpochPosition = 12;

    private const short CompressionMask = 0x07;
    private const short LogAppendTimeMask = 0x08;
    private const short TransactionalMask = 0x10;
    private const short ControlMask = 0x20;

    /// <summary>Bytes of the whole batch, head included.</summary>
    public int TotalSize => BatchLength + LengthOverhead;

    /// <summary>Compression codec: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.</summary>
    public int Compression => Attributes & CompressionMask;

    public bool IsLogAppendTime => (Attributes & LogAppendTimeMask) != 0;
    public bool IsTransactional => (Attributes & TransactionalMask) != 0;
    public bool IsControl => (Attributes & ControlMask) != 0;

    /// <summary>Sent by an idempotent producer, with sequence numbers.</summary>
    public bool HasProducer => ProducerId >= 0;

    /// <summary>Offset after the batch's last record.</summary>
    public long NextOffset => BaseOffset + LastOffsetDelta + 1;

    /// <summary>Sequence of the last record; sequences wrap from <see cref="int.MaxValue"/> to 0.</summary>
    public int LastSequence => (int)((BaseSequence + (long)LastOffsetDelta) & int.MaxValue);

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
            BinaryPrimitives.ReadInt32BigEndian(source[12..]),
            (sbyte)source[16],
            BinaryPrimitives.ReadUInt32BigEndian(source[17..]),
            BinaryPrimitives.ReadInt16BigEndian(source[21..]),
            BinaryPrimitives.ReadInt32BigEndian(source[23..]),
            BinaryPrimitives.ReadInt64BigEndian(source[27..]),
            BinaryPrimitives.ReadInt64BigEndian(source[35..]),
            BinaryPrimitives.ReadInt64BigEndian(source[43..]),
            BinaryPrimitives.ReadInt16BigEndian(source[51..]),
            BinaryPrimitives.ReadInt32BigEndian(source[53..]),
            BinaryPrimitives.ReadInt32BigEndian(source[57..]));
        return true;
    }
}
