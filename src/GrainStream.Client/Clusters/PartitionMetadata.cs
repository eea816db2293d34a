using GrainStream.Protocol;

namespace GrainStream.Client.Clusters;

/// <summary>A partition and who holds it.</summary>
/// <param name="Index">From 0 on.</param>
/// <param name="Leader">Node id; -1 if there is none.</param>
/// <param name="LeaderEpoch">-1 if unknown.</param>
/// <param name="Replicas">Node ids.</param>
/// <param name="InSyncReplicas">Those level with the leader.</param>
/// <param name="OfflineReplicas">Those that do not respond.</param>
/// <param name="Error">None, or why there is no leader.</param>
public sealed record PartitionMetadata(
    int Index,
    int Leader,
    int LeaderEpoch,
    IReadOnlyList<int> Replicas,
    IReadOnlyList<int> InSyncReplicas,
    IReadOnlyList<int> OfflineReplicas,
    ErrorCode Error);
