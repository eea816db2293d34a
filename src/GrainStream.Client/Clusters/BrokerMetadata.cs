namespace GrainStream.Client.Clusters;

/// <summary>A broker of the cluster.</summary>
/// <param name="Id">Its node id.</param>
/// <param name="Address">Where it wants clients to connect.</param>
/// <param name="Rack">Null if it has none.</param>
public sealed record BrokerMetadata(int Id, BrokerAddress Address, string? Rack);
