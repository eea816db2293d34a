namespace GrainStream.Core.Groups.Events;

/// <summary>What must be true of an event of the consumer protocol by itself. See <see cref="GroupEventRules"/>.</summary>
internal static class ConsumerEventRules
{
    private const int LeftForAWhile = -2;
    private const sbyte LastState = 2;

    public static bool IsConsistent(IConsumerProtocolEvent consumerEvent) => consumerEvent switch
    {
        ConsumerMemberChanged changed => IsConsistent(changed),
        ConsumerMemberRemoved removed => removed.MemberId.Length > 0,
        ConsumerMemberReplaced replaced => replaced.NewMemberId.Length > 0 && replaced.NewMemberId != replaced.OldMemberId,
        ConsumerGroupEpochBumped bumped => bumped.GroupEpoch >= 0,
        ConsumerTargetAssigned assigned => IsConsistent(assigned),
        ConsumerMemberReconciled reconciled => IsConsistent(reconciled),
        _ => false,
    };

    private static bool IsConsistent(ConsumerMemberChanged changed) =>
        changed.MemberId.Length > 0
        && changed.InstanceId is not { Length: 0 }
        && changed.TopicPattern is not { Length: 0 }
        && changed.RebalanceTimeoutMs >= 0
        && (changed.ClassicSessionTimeoutMs >= 0 == changed.ClassicProtocols.Length > 0);

    private static bool IsConsistent(ConsumerTargetAssigned assigned) =>
        assigned.AssignmentEpoch >= 0
        && assigned.Members.DistinctBy(member => member.MemberId, StringComparer.Ordinal).Count() == assigned.Members.Length
        && assigned.Members.All(member => member.Topics.All(topic => AreIndexes(topic.Partitions)));

    private static bool IsConsistent(ConsumerMemberReconciled reconciled) =>
        reconciled.MemberEpoch >= LeftForAWhile
        && reconciled.PreviousMemberEpoch >= LeftForAWhile
        && reconciled.State is >= 0 and <= LastState
        && reconciled.Assigned.All(topic => AreIndexes(topic.Partitions))
        && reconciled.PendingRevocation.All(topic => AreIndexes(topic.Partitions));

    private static bool AreIndexes(int[] indexes) => Array.TrueForAll(indexes, index => index >= 0);
}
