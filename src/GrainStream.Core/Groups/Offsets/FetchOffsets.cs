using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Offsets;

/// <summary>Asks how far the group has come.</summary>
/// <param name="Partitions">Null for all that have an offset.</param>
/// <param name="MemberId">Null or empty from who is no member.</param>
/// <param name="MemberEpoch">Its epoch (consumer protocol), or -1.</param>
public sealed record FetchOffsets(IReadOnlyList<PartitionId>? Partitions, string? MemberId = null, int MemberEpoch = -1);
