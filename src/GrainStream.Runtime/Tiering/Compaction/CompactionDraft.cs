using System.Collections.Immutable;
using GrainStream.Core.Log.Compaction;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Tiering.Compaction;

/// <summary>A pass of compaction whose segments are stored but not named by the manifest yet.</summary>
/// <param name="Partition">Whose segments.</param>
/// <param name="Replaced">The segments whose place they take, in order and without gap.</param>
/// <param name="Segments">The new ones; they cover the same offsets.</param>
/// <param name="CleanedEnd">Where the pass ended.</param>
/// <param name="Plan">What made it due.</param>
/// <param name="Counts">What it did.</param>
public sealed record CompactionDraft(
    PartitionId Partition,
    ImmutableArray<SegmentEntry> Replaced,
    ImmutableArray<SegmentEntry> Segments,
    Offset CleanedEnd,
    CompactionPlan Plan,
    CompactionCounts Counts);
