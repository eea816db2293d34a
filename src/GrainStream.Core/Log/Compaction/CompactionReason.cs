namespace GrainStream.Core.Log.Compaction;

/// <summary>Why a partition is to be cleaned now.</summary>
public enum CompactionReason
{
    /// <summary>More of it than <c>min.cleanable.dirty.ratio</c> was never cleaned.</summary>
    DirtyRatio,

    /// <summary>Uncleaned records may be older than <c>max.compaction.lag.ms</c>.</summary>
    MaxLag,
}
