using System.Buffers.Binary;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Runtime.Journal;

/// <summary>
/// Head of a journal frame; little-endian, 64 bytes, followed by the payload and zero padding to a multiple of 8.
/// <code>
///  0 payload length u32 | 4 crc-32c u32 (of bytes 8.. of the head, then the payload)
///  8 position i64       | 16 synced position i64
/// 24 topic id 16 bytes  | 40 partition i32 | 44 epoch i32
/// 48 base offset i64    | 56 kind u8       | 57 format u8 = 1 | 58 zero, 6 bytes
/// </code>
/// The position makes a stale frame in reused bytes recognisable; the synced position says up to where the journal was known to be
/// on stable storage when this frame was appended, which tells a torn write from damage at replay.
/// </summary>
public readonly record struct FrameHeader(
    int PayloadLength,
    uint Crc,
    JournalPosition Position,
    JournalPosition SyncedPosition,
    FrameKind Kind,
    PartitionId Partition,
    LeaderEpoch Epoch,
    Offset BaseOffset)
{
    /// <summary>Bytes of the head.</summary>
    public const int Size = 64;

    /// <summary>Frames begin at multiples of this.</summary>
    public const int Alignment = 8;

    /// <summary>First byte the CRC covers.</summary>
    public const int CrcCoverageStart = 8;

    private const byte Format = 1;
    private const int FormatPosition = 57;

    /// <summary>Whether the payload is a record batch of the partition's log, where it was appended or copied forward.</summary>
    public bool HoldsBatch => Kind is FrameKind.Batch or FrameKind.BatchCopy;

    /// <summary>Bytes of the whole frame: head, payload, padding.</summary>
    public int TotalSize => SizeOf(PayloadLength);

    /// <summary>Where the next frame begins.</summary>
    public JournalPosition End => Position + TotalSize;

    /// <summary>Bytes that a frame with a payload of this length occupies.</summary>
    public static int SizeOf(int payloadLength) => (Size + payloadLength + Alignment - 1) & ~(Alignment - 1);

    /// <summary>
    /// Reads a head. False where there cannot be one: too short, zero, another format, or a negative length.
    /// Does not check the CRC, nor that the position is the one it was read from.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out FrameHeader header)
    {
        header = default;
        if (source.Length < Size || source[FormatPosition] != Format)
        {
            return false;
        }

        int payloadLength = BinaryPrimitives.ReadInt32LittleEndian(source);
        if (payloadLength < 0)
        {
            return false;
        }

        header = new FrameHeader(
            payloadLength,
            BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
            new JournalPosition(BinaryPrimitives.ReadInt64LittleEndian(source[8..])),
            new JournalPosition(BinaryPrimitives.ReadInt64LittleEndian(source[16..])),
            (FrameKind)source[56],
            new PartitionId(new TopicId(new Guid(source.Slice(24, 16))), BinaryPrimitives.ReadInt32LittleEndian(source[40..])),
            new LeaderEpoch(BinaryPrimitives.ReadInt32LittleEndian(source[44..])),
            new Offset(BinaryPrimitives.ReadInt64LittleEndian(source[48..])));
        return true;
    }

    /// <summary>Whether the CRC is right. <paramref name="frame"/> holds at least the head and the payload.</summary>
    public bool IsIntact(ReadOnlySpan<byte> frame) => Crc32C.Compute(frame[CrcCoverageStart..(Size + PayloadLength)]) == Crc;

    /// <summary>Sets the CRC of a head already written, which can only be computed from its bytes.</summary>
    public static void WriteCrc(Span<byte> head, uint crc) => BinaryPrimitives.WriteUInt32LittleEndian(head[4..], crc);

    /// <summary>Writes the head as it stands, <see cref="Crc"/> included, to the first <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        destination[..Size].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(destination, PayloadLength);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Crc);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], Position.Value);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], SyncedPosition.Value);
        Partition.Topic.Value.TryWriteBytes(destination[24..]);
        BinaryPrimitives.WriteInt32LittleEndian(destination[40..], Partition.Index);
        BinaryPrimitives.WriteInt32LittleEndian(destination[44..], Epoch.Value);
        BinaryPrimitives.WriteInt64LittleEndian(destination[48..], BaseOffset.Value);
        destination[56] = (byte)Kind;
        destination[FormatPosition] = Format;
    }
}
