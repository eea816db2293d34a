using System.Collections.Immutable;
using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>An immutable run of older segment entries of one partition, an object of its own.</summary>
/// <param name="Reference">What the manifest says about it.</param>
/// <param name="Segments">By offset, without gap or overlap; never empty.</param>
public sealed record ManifestPage(PageRef Reference, ImmutableArray<SegmentEntry> Segments)
{
    /// <summary>Levels there are: 0, 1 and 2. Pages of the last one are not merged.</summary>
    public const int Levels = 3;

    /// <summary>Entries moved from the head to a page at a time.</summary>
    public const int MinEntries = 128;

    /// <summary>Pages of one level that become one of the next.</summary>
    public const int Fanout = 16;

    /// <summary>Most entries of a page: 128, 2,048, 32,768 (2 MiB).</summary>
    public static int Capacity(int level) => level switch
    {
        0 => MinEntries,
        1 => MinEntries * Fanout,
        _ => MinEntries * Fanout * Fanout,
    };

    /// <summary>A page of these segments.</summary>
    public static ManifestPage Create(PartitionId partition, ImmutableArray<SegmentEntry> segments, int level, ulong salt)
    {
        ManifestPageCodec.Encode(partition, segments, out uint crc);
        return new ManifestPage(
            new PageRef(
                segments[0].BaseOffset,
                segments[^1].EndOffset,
                salt,
                segments.Sum(segment => segment.DataLength),
                segments.Max(segment => segment.MaxTimestamp),
                segments.Length,
                crc,
                (byte)level),
            segments);
    }

    /// <summary>The segment that stands for <paramref name="offset"/>; -1 if it is not in this page.</summary>
    public int Find(Offset offset) => SegmentSearch.Find(Segments.AsSpan(), offset);
}
