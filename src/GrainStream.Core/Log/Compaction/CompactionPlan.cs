namespace GrainStream.Core.Log.Compaction;

/// <summary>What a pass of compaction is to look at: the first segments of a partition, some of them cleaned before.</summary>
/// <param name="Reason">Why now.</param>
/// <param name="FirstDirty">Index of the first segment that was not cleaned, or not to its end: where mapping begins.</param>
/// <param name="Count">Segments from the log's start on that may be cleaned, dirty ones included; more than <paramref name="FirstDirty"/>.</param>
/// <param name="CleanBytes">Bytes of the segments before <paramref name="FirstDirty"/>.</param>
/// <param name="DirtyBytes">Bytes of the others.</param>
public readonly record struct CompactionPlan(CompactionReason Reason, int FirstDirty, int Count, long CleanBytes, long DirtyBytes);
