using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// Pages of a manifest, little-endian.
/// <code>
///  0 magic "GSMFPAGE" | 8 crc-32c u32, of bytes 12.. | 12 format u32 = 1 | 16 length u32
/// 20 topic id 16 bytes | 36 partition i32 | 40 count i32 | 44 segment entries, 64 bytes each (SegmentEntryCodec)
/// </code>
/// </summary>
public static class ManifestPageCodec
{
    private const int HeadSize = StoredFrame.HeadSize + 24;

    private static ReadOnlySpan<byte> Magic => "GSMFPAGE"u8;

    /// <summary>Bytes of a page's object.</summary>
    public static int SizeOf(in PageRef reference) => HeadSize + (reference.Count * SegmentEntryCodec.Size);

    /// <summary>The page's bytes.</summary>
    public static byte[] Encode(PartitionId partition, ImmutableArray<SegmentEntry> segments, out uint crc)
    {
        byte[] content = new byte[HeadSize + (segments.Length * SegmentEntryCodec.Size)];
        var writer = new StoredWriter(content.AsSpan(StoredFrame.HeadSize));
        writer.Guid(partition.Topic.Value);
        writer.Int32(partition.Index);
        writer.Int32(segments.Length);
        SegmentEntryCodec.Write(ref writer, segments);
        crc = StoredFrame.Seal(content, Magic);
        return content;
    }

    /// <summary>Reads a page of that partition, which must be the one that <paramref name="reference"/> names.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> content, PartitionId partition, in PageRef reference, [NotNullWhen(true)] out ManifestPage? page, out StoredFault fault)
    {
        page = null;
        if (!StoredFrame.TryOpen(content, Magic, out uint crc, out fault))
        {
            return false;
        }

        if (crc != reference.Crc)
        {
            fault = new StoredFault(8, "the page is sound, but is not the one that the manifest names");
            return false;
        }

        var reader = new StoredReader(content[StoredFrame.HeadSize..]);
        var written = new PartitionId(new TopicId(reader.Guid()), reader.Int32());
        int count = reader.Count(SegmentEntryCodec.Size);
        ImmutableArray<SegmentEntry> segments = SegmentEntryCodec.Read(ref reader, count);
        Offset end = reference.FirstOffset;
        bool isRight = written == partition && !reader.HasOverrun && reader.Left == 0 && count == reference.Count
            && SegmentSearch.IsContiguous(segments.AsSpan(), ref end) && end == reference.EndOffset;
        fault = isRight ? default : new StoredFault(StoredFrame.HeadSize, "the page contradicts the manifest");
        page = isRight ? new ManifestPage(reference, segments) : null;
        return isRight;
    }

    /// <summary>Reads a page of whatever partition, whoever names it.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> content, out PartitionId partition, out ImmutableArray<SegmentEntry> segments, out StoredFault fault)
    {
        partition = default;
        segments = [];
        if (!StoredFrame.TryOpen(content, Magic, out _, out fault))
        {
            return false;
        }

        var reader = new StoredReader(content[StoredFrame.HeadSize..]);
        partition = new PartitionId(new TopicId(reader.Guid()), reader.Int32());
        int count = reader.Count(SegmentEntryCodec.Size);
        segments = SegmentEntryCodec.Read(ref reader, count);
        Offset end = segments.IsEmpty ? default : segments[0].BaseOffset;
        bool isRight = !reader.HasOverrun && reader.Left == 0 && !segments.IsEmpty && SegmentSearch.IsContiguous(segments.AsSpan(), ref end);
        fault = isRight ? default : new StoredFault(StoredFrame.HeadSize, "its segments contradict each other");
        return isRight;
    }
}
