using GrainStream.Core.Groups.Classic;
using GrainStream.Core.Groups.Consumer;
using GrainStream.Core.Groups.Events;
using GrainStream.Core.Groups.Offsets;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups;

/// <summary>
/// One consumer group: its members, who of them works on what, and how far they have come.
/// <para>
/// A machine: an input comes with a <see cref="GroupStep"/>, which takes the events to persist and the answers to send after that. <see cref="Apply"/> alone changes what is
/// durable, live and in replay. What is not durable (sessions, who waits for what) is lost with the machine, and clients get over it by retrying.
/// </para>
/// <para>
/// To have one: make it, <see cref="Apply"/> its log's events in order, <see cref="Begin"/>. If events cannot be persisted: <see cref="Abandon"/>, and make another.
/// </para>
/// <para>Threading: one thread at a time. <see cref="Overview"/> and <see cref="CommittedOffsets"/> can be read by any.</para>
/// </summary>
public sealed class Group
{
    private GroupOverview _overview = GroupOverview.New;

    /// <summary>A group that nothing has happened to.</summary>
    /// <param name="id">Its name.</param>
    public Group(string id)
    {
        Id = id;
        Classic = new ClassicProtocol(this);
        Consumer = new ConsumerProtocol(this);
        Offsets = new GroupOffsets(this);
    }

    /// <summary>The group's name.</summary>
    public string Id { get; }

    /// <summary>Which protocol runs it. A new group, and one that only keeps offsets, is classic.</summary>
    public GroupType Type { get; private set; }

    /// <summary>It was deleted: the machine is of no more use.</summary>
    public bool IsDead { get; private set; }

    /// <summary>The group in a few words. Any thread.</summary>
    public GroupOverview Overview => Volatile.Read(ref _overview);

    /// <summary>How far it has come, as far as known to this machine; an offset may show here moments before it is durable. Any thread.</summary>
    public IReadOnlyDictionary<PartitionId, CommittedOffset> CommittedOffsets => Offsets.Published;

    /// <summary>On <see cref="GroupStep.Clock"/>: <see cref="Expire"/> is to be called then, or later. It may find nothing to do. Null for never.</summary>
    public TimeSpan? NextDeadline => IsDead ? null : Type == GroupType.Classic ? Classic.NextDeadline : Consumer.NextDeadline;

    /// <summary>Nothing would be lost if the group were deleted: no members, nobody about to be one, no offsets.</summary>
    public bool IsForgettable => Offsets.Count == 0 && (Type == GroupType.Classic ? Classic.IsIdle : Consumer.MemberCount == 0);

    internal ClassicProtocol Classic { get; }

    internal ConsumerProtocol Consumer { get; }

    internal GroupOffsets Offsets { get; }

    /// <summary>Changes the group to what has happened.</summary>
    /// <exception cref="InvariantViolationException">It cannot have happened to this group.</exception>
    public void Apply(IGroupEvent groupEvent)
    {
        switch (groupEvent)
        {
            case GroupReset:
                Classic.Reset();
                Consumer.Reset();
                Offsets.Reset();
                Type = GroupType.Classic;
                break;
            case OffsetsCommitted committed:
                Offsets.Apply(committed);
                break;
            case OffsetsRemoved removed:
                Offsets.Apply(removed);
                break;
            case IConsumerProtocolEvent consumerEvent:
                if (Type == GroupType.Classic)
                {
                    Classic.Reset();
                    Type = GroupType.Consumer;
                }

                Consumer.Apply(consumerEvent);
                break;
            default:
                if (Type == GroupType.Consumer)
                {
                    Consumer.Reset();
                    Type = GroupType.Classic;
                }

                Classic.Apply(groupEvent);
                break;
        }
    }

    /// <summary>A <see cref="GroupReset"/>, then ordinary events that rebuild everything durable. The same state gives the same events.</summary>
    public IReadOnlyList<IGroupEvent> Snapshot()
    {
        var events = new List<IGroupEvent> { new GroupReset() };
        if (Type == GroupType.Classic)
        {
            Classic.AddSnapshot(events);
        }
        else
        {
            Consumer.AddSnapshot(events);
        }

        Offsets.AddSnapshot(events);
        return events;
    }

    /// <summary>After the log's events: every member's session begins now.</summary>
    public void Begin(GroupStep step)
    {
        if (Type == GroupType.Classic)
        {
            Classic.Begin(step);
        }
        else
        {
            Consumer.Begin(step);
        }

        Publish();
    }

    /// <summary>A member joins, or joins again (classic protocol). Answered when the generation begins, or at once with an error.</summary>
    public void Join(GroupStep step, JoinGroupRequest request, GroupClient client, Action<JoinGroupResponse> reply)
    {
        if (Type == GroupType.Consumer && Consumer.MemberCount == 0 && request.MemberId.Length == 0)
        {
            // Nobody speaks the consumer protocol any more, so the group may change to what the next member speaks.
            step.Emit(new ClassicGenerationFormed { Generation = Consumer.Epoch, AtMs = step.Now.UnixMs });
        }

        if (Type == GroupType.Classic)
        {
            Classic.Join(step, request, client, reply);
        }
        else
        {
            Consumer.JoinClassic(step, request, client, reply);
        }

        Publish();
    }

    /// <summary>A member asks for its assignment; the leader brings all of them (classic protocol).</summary>
    public void Sync(GroupStep step, SyncGroupRequest request, GroupClient client, Action<SyncGroupResponse> reply)
    {
        if (Type == GroupType.Classic)
        {
            Classic.Sync(step, request, reply);
        }
        else
        {
            Consumer.SyncClassic(step, request, client, reply);
        }

        Publish();
    }

    /// <summary>A member is alive (classic protocol).</summary>
    public void Heartbeat(GroupStep step, HeartbeatRequest request, GroupClient client, Action<HeartbeatResponse> reply)
    {
        if (Type == GroupType.Classic)
        {
            Classic.Heartbeat(step, request, reply);
        }
        else
        {
            Consumer.HeartbeatClassic(step, request, client, reply);
        }

        Publish();
    }

    /// <summary>Members leave (classic protocol, and tools that remove members by their instance id).</summary>
    public void Leave(GroupStep step, LeaveGroupRequest request, GroupClient client, Action<LeaveGroupResponse> reply)
    {
        if (Type == GroupType.Classic)
        {
            Classic.Leave(step, request, client, reply);
        }
        else
        {
            Consumer.LeaveClassic(step, request, client, reply);
        }

        Publish();
    }

    /// <summary>All a member of the consumer protocol says (KIP-848).</summary>
    public void ConsumerHeartbeat(
        GroupStep step, ConsumerGroupHeartbeatRequest request, GroupClient client, Action<ConsumerGroupHeartbeatResponse> reply)
    {
        Consumer.Heartbeat(step, request, client, reply);
        Publish();
    }

    /// <summary>Notes how far the group has come. The answer has an outcome for each offset, in order.</summary>
    public void Commit(GroupStep step, CommitOffsets commit, Action<IReadOnlyList<ErrorCode>> reply)
    {
        ErrorCode error = IsDead ? ErrorCode.CoordinatorNotAvailable
            : Type == GroupType.Classic ? Classic.ValidateCommit(step, commit) : Consumer.ValidateCommit(step, commit);
        GroupOffsets.Commit(step, commit, error, reply);
    }

    /// <summary>Tells how far the group has come.</summary>
    public void FetchOffsets(GroupStep step, FetchOffsets fetch, Action<FetchedOffsets> reply)
    {
        ErrorCode error = Type == GroupType.Classic ? ErrorCode.None : Consumer.ValidateFetch(fetch);
        step.Answer(reply, error == ErrorCode.None ? Offsets.Fetch(fetch) : new FetchedOffsets(error, []));
    }

    /// <summary>Forgets offsets; not those of topics that members are subscribed to (GROUP_SUBSCRIBED_TO_TOPIC).</summary>
    public void DeleteOffsets(GroupStep step, IReadOnlyList<PartitionId> partitions, Action<DeletedOffsets> reply)
    {
        ErrorCode error = IsDead ? ErrorCode.GroupIdNotFound : Type == GroupType.Classic ? Classic.ValidateDeleteOffsets() : ErrorCode.None;
        step.Answer(reply, error == ErrorCode.None ? Offsets.Delete(step, partitions) : new DeletedOffsets(error, []));
    }

    /// <summary>Ends a group without members; otherwise NON_EMPTY_GROUP. Emits nothing: that the group is gone is for its host to persist.</summary>
    public void Delete(GroupStep step, Action<ErrorCode> reply)
    {
        ErrorCode error = IsDead ? ErrorCode.GroupIdNotFound : HasMembers ? ErrorCode.NonEmptyGroup : ErrorCode.None;
        if (error == ErrorCode.None)
        {
            Classic.AnswerAll(step, ErrorCode.CoordinatorNotAvailable);
            IsDead = true;
        }

        step.Answer(reply, error);
        Publish();
    }

    /// <summary>The group for DescribeGroups. A group of the consumer protocol is none that this API knows: GROUP_ID_NOT_FOUND from version 6 on, Dead before.</summary>
    public DescribeGroupsResponse.DescribedGroup Describe(GroupStep step, short version) =>
        Type == GroupType.Classic && !IsDead ? Classic.Describe() : ClassicDescription.NotFound(Id, version, "It is a group of the consumer protocol.");

    /// <summary>The group for ConsumerGroupDescribe. A classic group is none that this API knows: GROUP_ID_NOT_FOUND.</summary>
    public ConsumerGroupDescribeResponse.DescribedGroup DescribeConsumer(GroupStep step, short version) => Type == GroupType.Consumer && !IsDead
        ? Consumer.Describe(step)
        : new() { GroupId = Id, ErrorCode = ErrorCode.GroupIdNotFound, ErrorMessage = $"Group {Id} is not a consumer group." };

    /// <summary>Does what is due: sessions and rebalances that time out, joins that were held back.</summary>
    public void Expire(GroupStep step)
    {
        if (IsDead)
        {
            return;
        }

        if (Type == GroupType.Classic)
        {
            Classic.Expire(step);
        }
        else
        {
            Consumer.Expire(step);
        }

        Publish();
    }

    /// <summary>Topics have come, gone or grown.</summary>
    public void TopicsChanged(GroupStep step)
    {
        Offsets.DropDeletedTopics(step);
        if (Type == GroupType.Consumer)
        {
            Consumer.TopicsChanged(step);
        }

        Publish();
    }

    /// <summary>Forgets offsets that nobody has used for offsets.retention.minutes (KIP-211). To be called every offsets.retention.check.interval.ms.</summary>
    public void ExpireOffsets(GroupStep step) => Offsets.Expire(step);

    /// <summary>Answers all who wait, at once: the machine is given up.</summary>
    public void Abandon(ErrorCode error)
    {
        Classic.Abandon(error);
        Consumer.Abandon(error);
    }

    /// <summary>Whether members use, or may use, the topic.</summary>
    internal bool IsSubscribed(GroupStep step, TopicId topic) =>
        Type == GroupType.Classic ? Classic.IsSubscribed(step, topic) : Consumer.IsSubscribed(step, topic);

    /// <summary>Since when nobody needs an offset of the topic; null while somebody does.</summary>
    internal Timestamp? UnusedSince(GroupStep step, TopicId topic, Timestamp committedAt)
    {
        if (!HasMembers)
        {
            Timestamp since = (Type == GroupType.Classic ? Classic.EmptySince : Consumer.EmptySince) ?? committedAt;
            return since > committedAt ? since : committedAt;
        }

        bool isSettled = Type == GroupType.Consumer || Classic.State == GroupState.Stable;
        return isSettled && !IsSubscribed(step, topic) ? committedAt : null;
    }

    private bool HasMembers => Type == GroupType.Classic ? Classic.State != GroupState.Empty : Consumer.MemberCount > 0;

    private void Publish()
    {
        GroupOverview now = Type == GroupType.Classic
            ? new GroupOverview(Classic.State, Type, Classic.ProtocolType ?? "", Classic.MemberCount, Classic.Generation)
            : new GroupOverview(Consumer.State, Type, "consumer", Consumer.MemberCount, Consumer.Epoch);
        now = IsDead ? now with { State = GroupState.Dead } : now;
        if (now != _overview)
        {
            Volatile.Write(ref _overview, now);
        }
    }
}
