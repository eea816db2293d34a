namespace GrainStream.Client.Grouping;

/// <summary>The side of a group consumer that a membership changes.</summary>
internal interface IPartitionOwner
{
    /// <summary>Partitions owned now.</summary>
    IReadOnlyList<TopicPartition> Owned { get; }

    /// <summary>Gives partitions up in good order: callback, last automatic commit.</summary>
    Task RevokeAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation);

    /// <summary>Drops partitions that are the member's no longer.</summary>
    Task LoseAsync(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Begins to read partitions where the group stopped.</summary>
    Task TakeAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation);
}
