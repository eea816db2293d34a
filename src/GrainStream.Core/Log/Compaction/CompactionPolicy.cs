using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;

namespace GrainStream.Core.Log.Compaction;

/// <summary>Decides which segments of a compacted partition are to be cleaned now. Only segments are: what is still in the tail is not looked at.</summary>
public static class CompactionPolicy
{
    /// <summary>The pass that is due, or null if none is.</summary>
    /// <param name="segments">All segments of the partition, in order.</param>
    /// <param name="cleanedEnd">Where the last pass ended.</param>
    /// <param name="settings">The topic's.</param>
    /// <param name="now">The moment.</param>
    public static CompactionPlan? Decide(
        ReadOnlySpan<SegmentEntry> segments, Offset cleanedEnd, in CompactionSettings settings, Timestamp now)
    {
        int firstDirty = 0;
        long cleanBytes = 0;
        while (firstDirty < segments.Length && segments[firstDirty].EndOffset <= cleanedEnd)
        {
            cleanBytes += segments[firstDirty++].DataLength;
        }

        int count = firstDirty;
        long dirtyBytes = 0;
        while (count < segments.Length && IsOldEnough(segments[count], settings.MinLagMs, now))
        {
            dirtyBytes += segments[count++].DataLength;
        }

        if (count == firstDirty)
        {
            return null;
        }

        if (dirtyBytes > settings.MinDirtyRatio * (cleanBytes + dirtyBytes))
        {
            return new CompactionPlan(CompactionReason.DirtyRatio, firstDirty, count, cleanBytes, dirtyBytes);
        }

        return IsOverdue(segments, firstDirty, settings.MaxLagMs, now)
            ? new CompactionPlan(CompactionReason.MaxLag, firstDirty, count, cleanBytes, dirtyBytes)
            : null;
    }

    /// <summary>Whether every record of the segment is beyond the minimum lag. Cleaning goes in order, so a young segment shields those after it.</summary>
    private static bool IsOldEnough(in SegmentEntry segment, long minLagMs, Timestamp now) =>
        minLagMs <= 0 || now.UnixMs - NewestOf(segment) >= minLagMs;

    /// <summary>
    /// Whether a dirty record may be beyond the maximum lag. A segment's oldest record is not noted; it is not older than the newest of the
    /// segment before. Without one before, the age is not known and counts as reached: that costs one pass in a log's life.
    /// </summary>
    private static bool IsOverdue(ReadOnlySpan<SegmentEntry> segments, int firstDirty, long maxLagMs, Timestamp now)
    {
        if (maxLagMs == long.MaxValue)
        {
            return false;
        }

        if (firstDirty == 0)
        {
            return true;
        }

        long oldest = Math.Min(NewestOf(segments[firstDirty - 1]), NewestOf(segments[firstDirty]));
        return now.UnixMs - Math.Min(oldest, segments[firstDirty].WrittenAt.UnixMs) > maxLagMs;
    }

    /// <summary>Time of the newest record; where records have none, the time when they were stored.</summary>
    private static long NewestOf(in SegmentEntry segment) => segment.MaxTimestamp >= 0 ? segment.MaxTimestamp : segment.WrittenAt.UnixMs;
}
