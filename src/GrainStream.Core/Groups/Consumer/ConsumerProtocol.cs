using GrainStream.Core.Groups.Events;
using GrainStream.Core.Groups.Offsets;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>
/// The consumer protocol (KIP-848) of one group: the broker assigns partitions, and each member is led to its assignment by its own heartbeats. Members of the
/// classic protocol may be among them (<see cref="ClassicRequests"/>) while an application is updated.
/// </summary>
internal sealed class ConsumerProtocol
{
    private readonly Group _group;
    private readonly Heartbeats _heartbeats;
    private readonly ClassicRequests _classicRequests;
    private readonly Migration _migration;
    private GroupState? _state;

    public ConsumerProtocol(Group group)
    {
        _group = group;
        Members = new ConsumerMembers(group.Id);
        Assigning = new Assigning(group.Id, Members);
        Sessions = new Sessions(Members);
        _migration = new Migration(group, this);
        _heartbeats = new Heartbeats(group, this, _migration);
        _classicRequests = new ClassicRequests(group, this, _migration);
    }

    /// <summary>Members, also those that speak the classic protocol.</summary>
    public int MemberCount => Members.Count;

    /// <summary>The group epoch.</summary>
    public int Epoch => Members.GroupEpoch;

    public GroupState State => _state ??=
        Members.Count == 0 ? GroupState.Empty
        : Members.GroupEpoch > Members.AssignmentEpoch ? GroupState.Assigning
        : Members.All.All(member => member.Position.IsReconciledTo(Members.AssignmentEpoch)) ? GroupState.Stable
        : GroupState.Reconciling;

    /// <summary>When the last member left; null if there are members, or never were.</summary>
    public Timestamp? EmptySince => Members.Count == 0 && Members.ChangedAt != Timestamp.None ? Members.ChangedAt : null;

    public TimeSpan? NextDeadline => Sessions.Next;

    internal ConsumerMembers Members { get; }

    internal Assigning Assigning { get; }

    internal Sessions Sessions { get; }

    public void Apply(IConsumerProtocolEvent consumerEvent)
    {
        Members.Apply(consumerEvent);
        _state = null;
    }

    /// <summary>Forgets everything: the group is classic from here on, or a snapshot begins.</summary>
    public void Reset()
    {
        Members.Clear();
        Assigning.Clear();
        Sessions.Clear();
        _state = null;
    }

    public void AddSnapshot(List<IGroupEvent> events) => Members.AddSnapshot(events);

    public void Begin(GroupStep step)
    {
        Sessions.Begin(step);
        Assigning.BumpIfTopicsChanged(step);
    }

    public void Heartbeat(
        GroupStep step, ConsumerGroupHeartbeatRequest request, GroupClient client, Action<ConsumerGroupHeartbeatResponse> reply) =>
        step.Answer(reply, _heartbeats.Serve(step, request, client));

    public void JoinClassic(GroupStep step, JoinGroupRequest request, GroupClient client, Action<JoinGroupResponse> reply) =>
        step.Answer(reply, _classicRequests.Join(step, request, client));

    public void SyncClassic(GroupStep step, SyncGroupRequest request, GroupClient client, Action<SyncGroupResponse> reply) =>
        step.Answer(reply, _classicRequests.Sync(step, request));

    public void HeartbeatClassic(GroupStep step, HeartbeatRequest request, GroupClient client, Action<HeartbeatResponse> reply) =>
        step.Answer(reply, _classicRequests.Heartbeat(step, request));

    public void LeaveClassic(GroupStep step, LeaveGroupRequest request, GroupClient client, Action<LeaveGroupResponse> reply) =>
        step.Answer(reply, _classicRequests.Leave(step, request, client));

    /// <summary>Whether the member may commit. A commit does not count as a heartbeat here.</summary>
    public ErrorCode ValidateCommit(GroupStep step, CommitOffsets commit)
    {
        if (commit.GenerationOrMemberEpoch < 0 && Members.Count == 0)
        {
            return ErrorCode.None;
        }

        ConsumerMember? member = Members.Find(commit.MemberId);
        return member is null ? ErrorCode.UnknownMemberId
            : !member.IsClassic && commit.Version < FirstCommitVersionWithMemberEpoch ? ErrorCode.UnsupportedVersion
            : CheckEpoch(member, commit.GenerationOrMemberEpoch);
    }

    /// <summary>Whether the member may ask for offsets, which it is to do at its present epoch only. Who names no member may always.</summary>
    public ErrorCode ValidateFetch(FetchOffsets fetch)
    {
        if (string.IsNullOrEmpty(fetch.MemberId) && fetch.MemberEpoch < 0)
        {
            return ErrorCode.None;
        }

        ConsumerMember? member = Members.Find(fetch.MemberId ?? "");
        return member is null ? ErrorCode.UnknownMemberId : CheckEpoch(member, fetch.MemberEpoch);
    }

    public bool IsSubscribed(GroupStep step, TopicId topic) =>
        step.Topics.TryFind(topic, out Topics.Topic? found) && Members.All.Any(member => member.Profile.Subscription.Includes(found.Name));

    public ConsumerGroupDescribeResponse.DescribedGroup Describe(GroupStep step) =>
        ConsumerDescription.Of(_group.Id, State, Members, Assigning.Choose(step.Config).Name, step.Topics);

    public void Expire(GroupStep step)
    {
        while (_group.Type == GroupType.Consumer && Sessions.FindExpired(step.Clock) is { } expired)
        {
            Remove(step, expired.Member, $"member {expired.Member.Story} {expired.Failure}");
        }
    }

    public void TopicsChanged(GroupStep step) => Assigning.BumpIfTopicsChanged(step);

    /// <summary>Answers all who wait: nobody does, since every request is answered in its own step.</summary>
    public void Abandon(ErrorCode error) => Sessions.Clear();

    /// <summary>Takes a member out. If only members of the classic protocol are left, the group may become a classic one.</summary>
    internal void Remove(GroupStep step, ConsumerMember member, string reason)
    {
        if (_migration.CanDowngradeWithout(step, member))
        {
            _migration.DowngradeWithout(step, member, reason);
            return;
        }

        step.Emit(new ConsumerMemberRemoved { MemberId = member.Id });
        Assigning.Bump(step, reason, member);
    }

    /// <summary>Takes a member one step towards what it is to own.</summary>
    /// <param name="step">The step.</param>
    /// <param name="member">The member.</param>
    /// <param name="from">Where it stands; not <see cref="ConsumerMember.Position"/> if it says that it has begun anew.</param>
    /// <param name="owned">What it says it has; null if it does not say.</param>
    internal void Reconcile(GroupStep step, ConsumerMember member, MemberPosition from, PartitionSet? owned)
    {
        var reconciliation = new Reconciliation(Members.AssignmentEpoch, member.Target, owned, partition => IsFreeFor(member, partition));
        MemberPosition next = reconciliation.Next(from);
        if (next != member.Position)
        {
            step.Emit(next.ToEvent(member.Id));
            Sessions.AwaitRevocation(step, member);
        }
    }

    internal bool IsFreeFor(ConsumerMember member, PartitionId partition) =>
        Members.OwnerOf(partition) is not { } owner || ReferenceEquals(owner, member);

    // The first version in which a member can say its epoch (KIP-848).
    private const short FirstCommitVersionWithMemberEpoch = 9;

    private static ErrorCode CheckEpoch(ConsumerMember member, int epoch) =>
        epoch == member.Position.Epoch ? ErrorCode.None : member.IsClassic ? ErrorCode.IllegalGeneration : ErrorCode.StaleMemberEpoch;
}
