using GrainStream.Protocol;

namespace GrainStream.Core.Topics;

/// <summary>A request to create a topic.</summary>
/// <param name="Name">The name wanted.</param>
/// <param name="ProposedId">Its id if it is created: random, chosen by the host, never used before.</param>
public sealed record CreateTopic(string Name, TopicId ProposedId)
{
    /// <summary>How many partitions; -1 for the broker's num.partitions, and if <see cref="Assignments"/> say it.</summary>
    public int Partitions { get; init; } = -1;

    /// <summary>How many copies; -1 for the broker's default.replication.factor, and if <see cref="Assignments"/> say it.</summary>
    public short ReplicationFactor { get; init; } = -1;

    /// <summary>Brokers by partition; empty to leave it to the cluster.</summary>
    public IReadOnlyList<ReplicaAssignment> Assignments { get; init; } = [];

    /// <summary>Settings of its own.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Configs { get; init; } = [];
}
