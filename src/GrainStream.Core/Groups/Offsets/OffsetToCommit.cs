using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Offsets;

/// <summary>One partition of a commit.</summary>
/// <param name="Partition">The partition; the caller has made sure that it exists.</param>
/// <param name="Offset">Offset of the next record to read.</param>
/// <param name="LeaderEpoch">Epoch of the record before it (KIP-320); -1 if unknown.</param>
/// <param name="Metadata">Whatever the client keeps with it; empty for nothing.</param>
public readonly record struct OffsetToCommit(PartitionId Partition, Offset Offset, int LeaderEpoch, string Metadata);
