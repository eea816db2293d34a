using GrainStream.Core.Topics;
using GrainStream.Runtime.Partitions;

namespace GrainStream.Runtime.Topics;

/// <summary>A topic and its partitions on this node. Immutable: replaced when partitions are added.</summary>
internal sealed record HostedTopic(Topic Topic, Partition[] Partitions);
