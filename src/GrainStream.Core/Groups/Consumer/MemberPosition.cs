using GrainStream.Core.Groups.Events;
using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>Where a member stands. Immutable.</summary>
/// <param name="Epoch">The member epoch: what it must send with heartbeats and commits. 0 before it has been given anything; -2 while a static member is away.</param>
/// <param name="PreviousEpoch">The epoch before; the answer that told it of <paramref name="Epoch"/> may have been lost.</param>
/// <param name="State">Between which steps.</param>
/// <param name="Assigned">What it owns: it may read these.</param>
/// <param name="PendingRevocation">What it is to give up; nobody else may have it until it says that it did.</param>
internal sealed record MemberPosition(int Epoch, int PreviousEpoch, MemberState State, PartitionSet Assigned, PartitionSet PendingRevocation)
{
    /// <summary>Member epoch of a static member that has left for a while.</summary>
    public const int Away = -2;

    /// <summary>Of a member that has nothing yet.</summary>
    public static readonly MemberPosition Joining = new(0, 0, MemberState.Stable, PartitionSet.Empty, PartitionSet.Empty);

    /// <summary>It has all that the assignment of this epoch gives it.</summary>
    public bool IsReconciledTo(int assignmentEpoch) => State == MemberState.Stable && Epoch == assignmentEpoch;

    /// <summary>The position after a step. The previous epoch is the last one that was another.</summary>
    public MemberPosition At(int epoch, MemberState state, PartitionSet assigned, PartitionSet pendingRevocation) =>
        new(epoch, epoch == Epoch ? PreviousEpoch : Epoch, state, assigned, pendingRevocation);

    public static MemberPosition From(ConsumerMemberReconciled reconciled) => new(
        reconciled.MemberEpoch,
        reconciled.PreviousMemberEpoch,
        (MemberState)reconciled.State,
        ToSet(reconciled.Assigned),
        ToSet(reconciled.PendingRevocation));

    public ConsumerMemberReconciled ToEvent(string memberId) => new()
    {
        MemberId = memberId,
        MemberEpoch = Epoch,
        PreviousMemberEpoch = PreviousEpoch,
        State = (sbyte)State,
        Assigned = FromSet(Assigned),
        PendingRevocation = FromSet(PendingRevocation),
    };

    private static PartitionSet ToSet(ConsumerMemberReconciled.TopicPartitions[] topics) =>
        PartitionSet.Of(topics.Select(topic => new AssignedTopic(new TopicId(topic.TopicId), topic.Partitions)));

    private static ConsumerMemberReconciled.TopicPartitions[] FromSet(PartitionSet partitions)
    {
        var topics = new ConsumerMemberReconciled.TopicPartitions[partitions.Topics.Length];
        for (int i = 0; i < topics.Length; i++)
        {
            topics[i] = new() { TopicId = partitions.Topics[i].Topic.Value, Partitions = partitions.Topics[i].Indexes };
        }

        return topics;
    }
}
