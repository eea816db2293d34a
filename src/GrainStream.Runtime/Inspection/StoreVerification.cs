using GrainStream.Protocol;

namespace GrainStream.Runtime.Inspection;

/// <summary>What the verification of a whole object store came to.</summary>
/// <param name="Partitions">Those that have a manifest that could be read.</param>
/// <param name="UnreadablePartitions">Partitions with a manifest that could not.</param>
/// <param name="Objects">Objects there were.</param>
/// <param name="Bytes">Bytes of them.</param>
/// <param name="Unreferenced">Those that nothing names.</param>
/// <param name="UnreferencedBytes">Bytes of them.</param>
public sealed record StoreVerification(
    IReadOnlyList<StoredPartition> Partitions,
    IReadOnlyList<PartitionId> UnreadablePartitions,
    long Objects,
    long Bytes,
    long Unreferenced,
    long UnreferencedBytes);
