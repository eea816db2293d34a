using GrainStream.Client.Consuming;

namespace GrainStream.Client.Grouping;

/// <summary>How a member of a group reads.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="Topics">Subscribed topics.</param>
public sealed record GroupConsumerOptions(string GroupId, IReadOnlyList<string> Topics) : ConsumerOptions
{
    /// <summary>Which protocol the group uses.</summary>
    public GroupProtocol Protocol { get; init; } = GroupProtocol.Classic;

    /// <summary>A name kept over restarts, so that a short restart moves no partitions (KIP-345); null for none.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Silence after which the coordinator takes the member for gone, in the classic protocol; Kafka's default of 45 seconds.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Pause between heartbeats in the classic protocol; Kafka's default of 3 seconds. In the consumer protocol the coordinator sets it.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long the application may be busy between two polls before it gives up its partitions, and how long a rebalance waits for it; Kafka's default of
    /// 5 minutes.
    /// </summary>
    public TimeSpan MaxPollInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Notes positions by itself, of records that were given out before the last poll. Without it, call <see cref="GroupConsumer.CommitAsync(CancellationToken)"/>.</summary>
    public bool AutoCommit { get; init; }

    /// <summary>Pause between automatic commits; Kafka's default of 5 seconds.</summary>
    public TimeSpan AutoCommitInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Server-side assignor of the consumer protocol; null for the coordinator's choice.</summary>
    public string? ServerAssignor { get; init; }

    /// <summary>Called within a poll with partitions that are now this member's, before any of their records is given out.</summary>
    public Func<IReadOnlyList<TopicPartition>, Task>? OnAssigned { get; init; }

    /// <summary>Called within a poll before partitions are given up; positions can still be committed.</summary>
    public Func<IReadOnlyList<TopicPartition>, Task>? OnRevoked { get; init; }

    /// <summary>Called within a poll with partitions that were taken away because the member was too late; committing is no longer possible.</summary>
    public Func<IReadOnlyList<TopicPartition>, Task>? OnLost { get; init; }
}
