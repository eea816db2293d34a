namespace GrainStream.Core.Log.Compaction;

/// <summary>A compacted topic's settings that say when and how it is cleaned.</summary>
/// <param name="MinLagMs"><c>min.compaction.lag.ms</c>: younger records stay uncleaned; 0 for no such time.</param>
/// <param name="MaxLagMs"><c>max.compaction.lag.ms</c>: older ones are cleaned even if little is dirty; <see cref="long.MaxValue"/> for never.</param>
/// <param name="MinDirtyRatio"><c>min.cleanable.dirty.ratio</c>: the share of uncleaned bytes above which cleaning is worth it, 0 to 1.</param>
/// <param name="DeleteRetentionMs"><c>delete.retention.ms</c>: how long tombstones stay after they were first cleaned.</param>
public readonly record struct CompactionSettings(long MinLagMs, long MaxLagMs, double MinDirtyRatio, long DeleteRetentionMs);
