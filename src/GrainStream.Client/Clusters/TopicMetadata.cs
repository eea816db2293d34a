using GrainStream.Protocol;

namespace GrainStream.Client.Clusters;

/// <summary>A topic and its partitions.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id, none where the brokers are older than topic ids (Kafka 2.8).</param>
/// <param name="IsInternal">Kept by the brokers for their own use.</param>
/// <param name="Partitions">By index, from 0 on.</param>
public sealed record TopicMetadata(string Name, TopicId Id, bool IsInternal, IReadOnlyList<PartitionMetadata> Partitions);
