using GrainStream.Protocol;

namespace GrainStream.Core.Topics;

/// <summary>A group that has a log of its own. Immutable.</summary>
/// <param name="Name">The group's id in the protocol, unique among the groups there are.</param>
/// <param name="LogId">Stands where a topic's id stands in the id of the group's log; never used again.</param>
public sealed record RegisteredGroup(string Name, TopicId LogId)
{
    /// <summary>The partition that is the group's log.</summary>
    public PartitionId Log => new(LogId, 0);

    /// <summary>Names the log for people and tools.</summary>
    public string LogName => InternalTopics.GroupLogPrefix + Name;
}
