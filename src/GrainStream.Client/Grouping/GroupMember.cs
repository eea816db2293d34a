namespace GrainStream.Client.Grouping;

/// <summary>A member of a group.</summary>
/// <param name="Id">The id the coordinator knows it by.</param>
/// <param name="InstanceId">Its <c>group.instance.id</c>; null for a dynamic member.</param>
/// <param name="ClientId">Name it gives itself.</param>
/// <param name="ClientHost">Address it comes from.</param>
/// <param name="Epoch">Its epoch in the consumer protocol; null in the classic one.</param>
/// <param name="Assignment">Partitions it owns.</param>
public sealed record GroupMember(
    string Id, string? InstanceId, string ClientId, string ClientHost, int? Epoch, IReadOnlyList<TopicPartition> Assignment);
