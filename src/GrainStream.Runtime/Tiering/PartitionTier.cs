using GrainStream.Core;
using GrainStream.Core.Log;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;

namespace GrainStream.Runtime.Tiering;

/// <summary>What the node keeps in mind of one partition's way to the object store. Nothing of it has to survive: it is found again.</summary>
internal sealed class PartitionTier(Partition partition)
{
    private Offset _sinceTieredEnd = new(-1);
    private Timestamp _since;

    public Partition Partition { get; } = partition;

    public PartitionLog Log => Partition.Log;

    /// <summary>An upload waits or runs. Of the planning loop and of who ends the upload.</summary>
    public volatile bool IsUploadQueued;

    /// <summary>
    /// The stored manifest is known, and the journal agrees with it about T. False at first, and after a failure, when it is not known what the store made of
    /// it. Used only by the operation whose turn it is.
    /// </summary>
    public bool IsSettled { get; set; }

    /// <summary>Bytes in segments, as of the last operation; null if none has looked yet. Any thread.</summary>
    public SegmentSummary? Segments { get; set; }

    /// <summary>An operation ended in a way that may have left objects that nothing names.</summary>
    public bool MayHaveOrphans { get; set; }

    /// <summary>When orphans were last looked for; null if not since the start.</summary>
    public Timestamp? SweptAt { get; set; }

    /// <summary>A pass of compaction is under way: its segments are named by nothing yet, and must not be swept.</summary>
    public volatile bool IsCompacting;

    /// <summary>T when compaction was last considered. Of the compacting loop, as the next.</summary>
    public Offset CompactionSeenEnd { get; set; }

    /// <summary>When compaction was last considered.</summary>
    public Timestamp CompactionSeenAt { get; set; }

    /// <summary>Operations that failed in a row.</summary>
    public int Failures { get; private set; }

    /// <summary>No operation before this time, unless the store recovers.</summary>
    public Timestamp RetryAt { get; private set; }

    /// <summary>Since when the oldest batch that lies in no segment has waited, as far as this process has seen. Of the planning loop.</summary>
    public Timestamp WaitingSince(Timestamp now)
    {
        Offset tieredEnd = Log.TieredEnd;
        if (_sinceTieredEnd != tieredEnd)
        {
            (_sinceTieredEnd, _since) = (tieredEnd, now);
        }

        return _since;
    }

    public bool IsResting(Timestamp now) => Failures > 0 && now < RetryAt;

    /// <summary>An operation failed: the next one waits, longer each time.</summary>
    public void Failed(Timestamp now)
    {
        Failures++;
        RetryAt = new Timestamp(now.UnixMs + (long)RetryPause.After(Failures).TotalMilliseconds);

        IsSettled = false;
    }

    /// <summary>An operation succeeded.</summary>
    public void Succeeded() => Failures = 0;

    /// <summary>The store works again: no need to rest longer.</summary>
    public void Hasten() => RetryAt = default;
}
