using System.Buffers.Binary;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>Partitions as the classic protocol's members write and read them: by topic names. What is no topic here any more is left out.</summary>
internal static class EmbeddedSets
{
    private const short HighestVersion = 3;

    /// <summary>What a member says that it owns. Before version 1 members do not say, since they have given up everything when they join.</summary>
    public static PartitionSet Owned(ConsumerProtocolSubscription subscription, TopicCatalog topics) =>
        Read(subscription.OwnedPartitions.Select(owned => (owned.Topic, owned.Partitions)), topics);

    /// <summary>What a leader gave a member. No bytes are no partitions; false if they are no assignment.</summary>
    public static bool TryReadAssignment(byte[] bytes, TopicCatalog topics, out PartitionSet partitions)
    {
        partitions = PartitionSet.Empty;
        if (bytes.Length == 0)
        {
            return true;
        }

        if (!EmbeddedConsumerCodec.TryReadAssignment(bytes, out ConsumerProtocolAssignment? assignment))
        {
            return false;
        }

        partitions = Read(assignment.AssignedPartitions.Select(assigned => (assigned.Topic, assigned.Partitions)), topics);
        return true;
    }

    /// <summary>What a member is to have, in the version in which it wrote <paramref name="metadata"/>.</summary>
    public static byte[] WriteAssignment(PartitionSet partitions, byte[] metadata, TopicCatalog topics)
    {
        var named = new List<ConsumerProtocolAssignment.TopicPartition>(partitions.Topics.Length);
        foreach (AssignedTopic assigned in partitions.Topics)
        {
            if (topics.TryFind(assigned.Topic, out Topic? topic))
            {
                named.Add(new() { Topic = topic.Name, Partitions = assigned.Indexes });
            }
        }

        short version = metadata.Length < sizeof(short) ? (short)0 : Math.Clamp(BinaryPrimitives.ReadInt16BigEndian(metadata), (short)0, HighestVersion);
        return EmbeddedConsumerCodec.Write(new ConsumerProtocolAssignment { AssignedPartitions = [.. named] }, version);
    }

    private static PartitionSet Read(IEnumerable<(string Topic, int[] Partitions)> named, TopicCatalog topics)
    {
        var found = new List<AssignedTopic>();
        foreach ((string name, int[] partitions) in named)
        {
            if (topics.TryFind(name, out Topic? topic))
            {
                found.Add(new AssignedTopic(topic.Id, Array.FindAll(partitions, index => index >= 0 && index < topic.PartitionCount)));
            }
        }

        return PartitionSet.Of(found);
    }
}
