namespace GrainStream.Client.Clusters;

/// <summary>A cluster as one of its brokers described it.</summary>
/// <param name="ClusterId">Null where brokers do not tell.</param>
/// <param name="ControllerId">Node id; -1 if unknown.</param>
/// <param name="Brokers">Those that are up.</param>
public sealed record ClusterMetadata(string? ClusterId, int ControllerId, IReadOnlyList<BrokerMetadata> Brokers);
