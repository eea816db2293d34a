using GrainStream.Protocol;

namespace GrainStream.Runtime.Inspection;

/// <summary>What an object store holds of one partition, by its manifest.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="LogStart">S.</param>
/// <param name="End">T.</param>
/// <param name="Pages">Pages of the manifest.</param>
/// <param name="Segments">Segments that reach beyond S.</param>
/// <param name="DataBytes">Bytes of their batches.</param>
/// <param name="Records">Records in those that could be read.</param>
public sealed record StoredPartition(PartitionId Partition, Offset LogStart, Offset End, int Pages, long Segments, long DataBytes, long Records);
