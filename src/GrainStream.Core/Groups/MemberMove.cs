namespace GrainStream.Core.Groups;

/// <summary>What a rebalance changed for one member.</summary>
/// <param name="MemberId">The member.</param>
/// <param name="ClientId">What its client calls itself.</param>
/// <param name="ClientHost">Where it is.</param>
/// <param name="Gained">Partitions that it did not have before.</param>
/// <param name="Lost">Partitions that it had before.</param>
public sealed record MemberMove(
    string MemberId, string ClientId, string ClientHost, IReadOnlyList<PartitionName> Gained, IReadOnlyList<PartitionName> Lost);
