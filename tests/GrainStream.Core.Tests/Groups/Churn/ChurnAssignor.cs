using GrainStream.Core.Groups;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Tests.Groups.Churn;

/// <summary>What a leader does: shares partitions out evenly. The cooperative way keeps them where they are, and gives a partition that another still holds to nobody yet.</summary>
internal static class ChurnAssignor
{
    public static IEnumerable<SyncGroupRequest.SyncGroupRequestAssignment> Assign(JoinGroupResponse joined, bool isCooperative, Func<string, int> partitionCount)
    {
        Dictionary<string, ConsumerProtocolSubscription> subscriptions = joined.Members.OrderBy(member => member.MemberId, StringComparer.Ordinal).ToDictionary(
            member => member.MemberId,
            member =>
            {
                Assert.True(EmbeddedConsumerCodec.TryReadSubscription(member.Metadata, out var subscription));
                return subscription;
            });
        var shares = subscriptions.Keys.ToDictionary(member => member, _ => new List<PartitionName>());
        var holders = new Dictionary<PartitionName, List<string>>();
        if (isCooperative)
        {
            foreach ((string member, ConsumerProtocolSubscription subscription) in subscriptions)
            {
                foreach (PartitionName partition in Holdings(subscription))
                {
                    holders[partition] = [.. holders.GetValueOrDefault(partition, []), member];
                }
            }
        }

        var left = new List<PartitionName>();
        PartitionName[] all = [.. subscriptions.Values.SelectMany(subscription => subscription.Topics).Distinct().Order(StringComparer.Ordinal)
            .SelectMany(topic => Enumerable.Range(0, partitionCount(topic)).Select(index => new PartitionName(topic, index)))];
        int most = (all.Length + shares.Count - 1) / shares.Count;
        foreach (PartitionName partition in all)
        {
            // Of those who claim it, who held it in the latest generation.
            string? holder = holders.GetValueOrDefault(partition)?.MaxBy(member => subscriptions[member].GenerationId);
            if (holder is not null && shares[holder].Count < most && subscriptions[holder].Topics.Contains(partition.Topic))
            {
                shares[holder].Add(partition);
            }
            else
            {
                left.Add(partition);
            }
        }

        foreach (PartitionName partition in left)
        {
            string? member = shares.Where(share => subscriptions[share.Key].Topics.Contains(partition.Topic)).OrderBy(share => share.Value.Count).ThenBy(share => share.Key, StringComparer.Ordinal).Select(share => share.Key).FirstOrDefault();
            if (member is not null && holders.GetValueOrDefault(partition, []).All(holder => holder == member))
            {
                shares[member].Add(partition);
            }
        }

        return shares.Select(share => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = share.Key, Assignment = Encode(share.Value) });
    }

    private static IEnumerable<PartitionName> Holdings(ConsumerProtocolSubscription subscription) =>
        subscription.OwnedPartitions.SelectMany(topic => topic.Partitions.Select(index => new PartitionName(topic.Topic, index)));

    private static byte[] Encode(IEnumerable<PartitionName> partitions) => EmbeddedConsumerCodec.Write(
        new ConsumerProtocolAssignment
        {
            AssignedPartitions = [.. partitions.GroupBy(partition => partition.Topic).Select(topic => new ConsumerProtocolAssignment.TopicPartition
            {
                Topic = topic.Key,
                Partitions = [.. topic.Select(partition => partition.Index)],
            })],
        },
        version: 1);
}
