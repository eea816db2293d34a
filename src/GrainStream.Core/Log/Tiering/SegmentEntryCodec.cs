using System.Collections.Immutable;
using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// Segment entries in manifests and pages, 64 bytes each, little-endian.
/// <code>
///  0 base offset i64 | 8 end offset i64 | 16 length i64 | 24 data length i64 | 32 max timestamp i64 | 40 written at i64
/// 48 salt u64        | 56 footer crc-32c u32            | 60 epoch i32
/// </code>
/// </summary>
internal static class SegmentEntryCodec
{
    public const int Size = 64;

    public static void Write(ref StoredWriter writer, ImmutableArray<SegmentEntry> segments)
    {
        foreach (SegmentEntry segment in segments)
        {
            writer.Int64(segment.BaseOffset.Value);
            writer.Int64(segment.EndOffset.Value);
            writer.Int64(segment.Length);
            writer.Int64(segment.DataLength);
            writer.Int64(segment.MaxTimestamp);
            writer.Int64(segment.WrittenAt.UnixMs);
            writer.UInt64(segment.Salt);
            writer.UInt32(segment.FooterCrc);
            writer.Int32(segment.Epoch.Value);
        }
    }

    public static ImmutableArray<SegmentEntry> Read(ref StoredReader reader, int count)
    {
        var segments = ImmutableArray.CreateBuilder<SegmentEntry>(count);
        for (int i = 0; i < count; i++)
        {
            var baseOffset = new Offset(reader.Int64());
            var endOffset = new Offset(reader.Int64());
            long length = reader.Int64();
            long dataLength = reader.Int64();
            long maxTimestamp = reader.Int64();
            var writtenAt = new Timestamp(reader.Int64());
            ulong salt = reader.UInt64();
            uint footerCrc = reader.UInt32();
            var epoch = new LeaderEpoch(reader.Int32());
            segments.Add(new SegmentEntry(baseOffset, endOffset, length, dataLength, maxTimestamp, writtenAt, epoch, salt, footerCrc));
        }

        return segments.MoveToImmutable();
    }
}
