namespace GrainStream.Client.Grouping;

/// <summary>
/// Kafka's <c>range</c> assignor for the classic protocol: of each topic by itself, members in the order of their ids get runs of partitions, the first ones
/// one more where it does not come out even.
/// </summary>
internal static class RangeAssignor
{
    public const string Name = "range";

    /// <summary>Shares out the partitions.</summary>
    /// <param name="subscriptions">By member: the sort key (instance id if it has one, else member id) and topics.</param>
    /// <param name="partitionCounts">Of the topics that exist.</param>
    public static IReadOnlyDictionary<string, List<TopicPartition>> Assign(
        IReadOnlyDictionary<string, (string SortKey, IReadOnlyList<string> Topics)> subscriptions, IReadOnlyDictionary<string, int> partitionCounts)
    {
        Dictionary<string, List<TopicPartition>> assignment = subscriptions.ToDictionary(member => member.Key, _ => new List<TopicPartition>());
        foreach ((string topic, int partitions) in partitionCounts.OrderBy(count => count.Key, StringComparer.Ordinal))
        {
            string[] members = [.. subscriptions
                .Where(member => member.Value.Topics.Contains(topic, StringComparer.Ordinal))
                .OrderBy(member => member.Value.SortKey, StringComparer.Ordinal)
                .Select(member => member.Key)];
            int next = 0;
            for (int i = 0; i < members.Length; i++)
            {
                int share = (partitions / members.Length) + (i < partitions % members.Length ? 1 : 0);
                assignment[members[i]].AddRange(Enumerable.Range(next, share).Select(partition => new TopicPartition(topic, partition)));
                next += share;
            }
        }

        return assignment;
    }
}
