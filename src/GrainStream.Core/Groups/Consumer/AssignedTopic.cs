using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>Some partitions of one topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Indexes">Their indexes. In a <see cref="PartitionSet"/> ascending, each once, and not to be written to.</param>
public readonly record struct AssignedTopic(TopicId Topic, int[] Indexes);
