using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>One segment as its partition's manifest names it.</summary>
/// <param name="BaseOffset">First offset it stands for. Compaction may have removed the records there; the segment still covers them.</param>
/// <param name="EndOffset">Offset after the last one it stands for: the base offset of the next segment.</param>
/// <param name="Length">Bytes of the object, footer and trailer included.</param>
/// <param name="DataLength">Bytes of its record batches.</param>
/// <param name="MaxTimestamp">Greatest timestamp of its records, Unix milliseconds; -1 if they have none.</param>
/// <param name="WrittenAt">When it was written, by the broker's clock.</param>
/// <param name="Epoch">Leader epoch of its writer.</param>
/// <param name="Salt">Random part of its name, so that no name is used twice.</param>
/// <param name="FooterCrc">CRC-32C of its footer, which holds the CRCs of everything else: a segment put in another's place is noticed.</param>
public readonly record struct SegmentEntry(
    Offset BaseOffset,
    Offset EndOffset,
    long Length,
    long DataLength,
    long MaxTimestamp,
    Timestamp WrittenAt,
    LeaderEpoch Epoch,
    ulong Salt,
    uint FooterCrc);
