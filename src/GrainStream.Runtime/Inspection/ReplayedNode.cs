using GrainStream.Protocol;

namespace GrainStream.Runtime.Inspection;

/// <summary>What a node's journal says of everything that the node keeps.</summary>
/// <param name="Partitions">Every partition of every topic there is, the catalogue's own included.</param>
/// <param name="DeletedTopics">Topics that are deleted, and may have objects left.</param>
public sealed record ReplayedNode(IReadOnlyList<ReplayedPartition> Partitions, IReadOnlySet<TopicId> DeletedTopics);
