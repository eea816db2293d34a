namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// When a partition's tail becomes a segment. Large segments cost fewest object-store calls, so a tail grows to segment.bytes, or to the node's own
/// bound if that is less, or until its age says so.
/// <para>
/// With one exception. A tail that is still in the journal's memory is uploaded from there; one that is not has to be read back from the same disk that the
/// journal is being written to. At moderate rates that is cheap and larger segments are worth it. When producers write so fast that the memory turns over
/// within <see cref="FastTurnover"/>, the disk is what is short: then, whenever the tails come to half of that memory, those of at least
/// <see cref="FastSegmentBytes"/> go at once. The other half is what is being uploaded and what arrives meanwhile.
/// </para>
/// </summary>
public sealed record UploadPolicy
{
    /// <summary>Least segment that speed alone makes: one block of an upload, so that a smaller one would not cost fewer bytes per call.</summary>
    public const long FastSegmentBytes = 8L << 20;

    /// <summary>An order of magnitude above the time an upload of one segment takes.</summary>
    public static readonly TimeSpan FastTurnover = TimeSpan.FromSeconds(2);

    /// <summary>The node's own bound of a segment. Default 64 MiB: eight blocks of an upload, and soon enough out of the journal.</summary>
    public long MaxSegmentBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of recent journal that are kept in memory.</summary>
    public long MemoryBytes { get; init; } = 192L << 20;

    /// <summary>Bytes at which a segment is cut.</summary>
    /// <param name="segmentBytes">The topic's segment.bytes.</param>
    public long TargetBytes(long segmentBytes) => Math.Min(segmentBytes, MaxSegmentBytes);

    /// <summary>Whether the tail is to be uploaded now.</summary>
    /// <param name="tail">What there is to upload.</param>
    /// <param name="segmentBytes">The topic's segment.bytes.</param>
    /// <param name="segmentMs">The topic's segment.ms.</param>
    /// <param name="load">What the node has to do.</param>
    /// <param name="now">The broker's time.</param>
    public UploadReason Decide(in UntieredTail tail, long segmentBytes, long segmentMs, in WriteLoad load, Timestamp now)
    {
        if (tail.Bytes <= 0)
        {
            return UploadReason.None;
        }

        if (tail.Bytes >= TargetBytes(segmentBytes))
        {
            return UploadReason.Size;
        }

        if (now.UnixMs - tail.Since.UnixMs >= segmentMs)
        {
            return UploadReason.Age;
        }

        bool isFast = load.BytesPerSecond * FastTurnover.TotalSeconds >= MemoryBytes;
        return isFast && load.UntieredBytes >= MemoryBytes / 2 && tail.Bytes >= FastSegmentBytes ? UploadReason.Memory : UploadReason.None;
    }
}
