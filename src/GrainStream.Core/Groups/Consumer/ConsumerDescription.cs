using GrainStream.Core.Topics;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>Answers of ConsumerGroupDescribe.</summary>
internal static class ConsumerDescription
{
    private const sbyte ClassicMember = 0;
    private const sbyte ConsumerProtocolMember = 1;

    public static ConsumerGroupDescribeResponse.DescribedGroup Of(
        string groupId, GroupState state, ConsumerMembers members, string assignor, TopicCatalog topics) => new()
        {
            GroupId = groupId,
            GroupState = state.ToString(),
            GroupEpoch = members.GroupEpoch,
            AssignmentEpoch = members.AssignmentEpoch,
            AssignorName = assignor,
            Members = [.. members.All.Select(member => new ConsumerGroupDescribeResponse.Member
            {
                MemberId = member.Id,
                InstanceId = member.Profile.InstanceId,
                RackId = member.Profile.RackId,
                MemberEpoch = member.Position.Epoch,
                ClientId = member.Profile.ClientId,
                ClientHost = member.Profile.ClientHost,
                SubscribedTopicNames = [.. member.Profile.Subscription.Names],
                SubscribedTopicRegex = member.Profile.Subscription.Pattern,
                Assignment = ToMessage(member.Position.Assigned, topics),
                TargetAssignment = ToMessage(member.Target, topics),
                MemberType = member.IsClassic ? ClassicMember : ConsumerProtocolMember,
            })],
        };

    /// <summary>Topics that are gone have no name to show, so they are left out, as Kafka does.</summary>
    private static ConsumerGroupDescribeResponse.MemberAssignment ToMessage(PartitionSet partitions, TopicCatalog topics)
    {
        var shown = new List<ConsumerGroupDescribeResponse.TopicPartitions>(partitions.Topics.Length);
        foreach (AssignedTopic assigned in partitions.Topics)
        {
            if (topics.TryFind(assigned.Topic, out Topic? topic))
            {
                shown.Add(new() { TopicId = assigned.Topic.Value, TopicName = topic.Name, Partitions = assigned.Indexes });
            }
        }

        return new() { TopicPartitions = [.. shown] };
    }
}
