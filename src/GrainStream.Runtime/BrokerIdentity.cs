namespace GrainStream.Runtime;

/// <summary>Who this node is.</summary>
/// <param name="NodeId">Broker id in the protocol; stable per data directory. At least 0.</param>
/// <param name="ClusterId">Names the cluster to clients; stable.</param>
public sealed record BrokerIdentity(int NodeId, string ClusterId);
