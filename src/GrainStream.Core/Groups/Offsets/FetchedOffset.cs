using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Offsets;

/// <summary>How far the group has come in one partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Committed">Null if nothing is known of it.</param>
public readonly record struct FetchedOffset(PartitionId Partition, CommittedOffset? Committed);
