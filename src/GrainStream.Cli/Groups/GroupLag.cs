using GrainStream.Cli.Clusters;
using GrainStream.Client;
using GrainStream.Client.Administration;
using GrainStream.Client.Clusters;
using GrainStream.Client.Grouping;

namespace GrainStream.Cli.Groups;

/// <summary>How far a group is behind in a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Committed">Offset of the next record to read; null if none was noted.</param>
/// <param name="End">Offset of the next record to be written; null if the topic is gone.</param>
/// <param name="Owner">The member that reads it now; null if nobody.</param>
internal sealed record GroupLag(TopicPartition Partition, long? Committed, long? End, GroupMember? Owner)
{
    /// <summary>Records that are left to read; null if it cannot be told.</summary>
    public long? Lag => Committed is { } committed && End is { } end ? Math.Max(0, end - committed) : null;

    /// <summary>All partitions in which the group has an offset or a member.</summary>
    public static async Task<IReadOnlyList<GroupLag>> OfAsync(ClusterCommand context, GroupDescription group, CancellationToken cancellation)
    {
        IReadOnlyDictionary<TopicPartition, CommittedOffset> committed = await context.Client.Groups.ListOffsetsAsync(group.Id, cancellation);
        Dictionary<TopicPartition, GroupMember> owners = [];
        foreach (GroupMember member in group.Members)
        {
            foreach (TopicPartition partition in member.Assignment)
            {
                owners[partition] = member;
            }
        }

        TopicPartition[] partitions = [.. committed.Keys.Union(owners.Keys).Order()];
        HashSet<TopicPartition> existing = await ExistingAsync(context, partitions, cancellation);
        IReadOnlyDictionary<TopicPartition, long> ends = existing.Count == 0
            ? new Dictionary<TopicPartition, long>()
            : await context.Client.Offsets.ListAsync(existing, OffsetSpec.Latest, cancellation);
        return [.. partitions.Select(partition => new GroupLag(
            partition,
            committed.TryGetValue(partition, out CommittedOffset? offset) ? offset.Offset : null,
            ends.TryGetValue(partition, out long end) ? end : null,
            owners.GetValueOrDefault(partition)))];
    }

    // A group may have offsets in topics that were deleted.
    private static async Task<HashSet<TopicPartition>> ExistingAsync(ClusterCommand context, TopicPartition[] partitions, CancellationToken cancellation)
    {
        HashSet<TopicPartition> existing = [];
        foreach (IGrouping<string, TopicPartition> topic in partitions.GroupBy(partition => partition.Topic))
        {
            TopicMetadata? found = await context.Client.Topics.FindAsync(topic.Key, cancellation);
            existing.UnionWith(topic.Where(partition => found is not null && partition.Partition < found.Partitions.Count && found.Partitions[partition.Partition].Leader >= 0));
        }

        return existing;
    }
}
