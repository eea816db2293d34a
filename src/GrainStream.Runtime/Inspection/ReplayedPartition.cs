using GrainStream.Protocol;

namespace GrainStream.Runtime.Inspection;

/// <summary>What a node's journal says of one partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Topic">Its topic's name.</param>
/// <param name="LogStart">S.</param>
/// <param name="TieredEnd">T: everything in [S, T) is in the object store.</param>
/// <param name="LogEnd">L.</param>
public sealed record ReplayedPartition(PartitionId Partition, string Topic, Offset LogStart, Offset TieredEnd, Offset LogEnd);
