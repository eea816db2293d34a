using GrainStream.Core.Groups.Events;
using GrainStream.Core.Topics;
using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Classic;

/// <summary>
/// What a classic group is. Durable is the last generation formed, with its members and their assignments; and the highest generation number given out.
/// The present members differ from those of that generation only while a rebalance is under way.
/// <code>
///            first member joins                all have joined, or time is up              leader's assignment
///   Empty ──────────────────────> Preparing ──────────────────────────────> Completing ──────────────────────> Stable
///     ^                            │   ^  ^                                     │                                 │
///     └── nobody is left ──────────┘   │  └── a member joins, leaves, is gone ──┘                                 │
///                                      └──────────────────────────────────────────────────────────────────────────┘
/// </code>
/// </summary>
internal sealed class ClassicState
{
    private int _highestGeneration;
    private HashSet<string>? _subscribedTopics;
    private bool _areSubscriptionsKnown;

    public ClassicMembers Members { get; } = new();

    public GroupState State { get; private set; } = GroupState.Empty;

    /// <summary>The generation that the members are in, or join again from.</summary>
    public int Generation { get; private set; }

    /// <summary>What the group is for; null if nobody ever joined.</summary>
    public string? ProtocolType { get; private set; }

    /// <summary>The assignor of the present generation; null without members.</summary>
    public string? ProtocolName { get; private set; }

    /// <summary>The last generation that has an assignment; null if there never was one.</summary>
    public ClassicGenerationFormed? Formed { get; private set; }

    /// <summary>A number that was never given out.</summary>
    public int NextGeneration => Math.Max(_highestGeneration, Generation) + 1;

    /// <summary>When the last member left; null if there are members, or never were.</summary>
    public Timestamp? EmptySince => State == GroupState.Empty && Formed is not null ? new Timestamp(Formed.AtMs) : null;

    public bool IsConsumers => ProtocolType == EmbeddedConsumerCodec.ProtocolType;

    public void Apply(IGroupEvent groupEvent)
    {
        switch (groupEvent)
        {
            case ClassicGenerationStarted started:
                _highestGeneration = Math.Max(_highestGeneration, started.Generation);
                break;
            case ClassicGenerationFormed formed:
                Apply(formed);
                break;
            case StaticMemberReplaced replaced:
                Apply(replaced);
                break;
            default:
                Invariant.Require(false, $"A classic group cannot apply {groupEvent.GetType().Name}.");
                break;
        }
    }

    public void AddSnapshot(List<IGroupEvent> events)
    {
        if (Formed is not null)
        {
            events.Add(Formed);
        }

        if (_highestGeneration > (Formed?.Generation ?? 0))
        {
            events.Add(new ClassicGenerationStarted { Generation = _highestGeneration });
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Invariant.Require(Members.All.All(member => !member.AwaitsJoin && !member.AwaitsSync), "Members wait for answers that nobody would send.");
        Members.Clear();
        State = GroupState.Empty;
        Generation = 0;
        ProtocolType = null;
        ProtocolName = null;
        Formed = null;
        _highestGeneration = 0;
        _areSubscriptionsKnown = false;
    }

    public void BecomePreparing() => State = GroupState.PreparingRebalance;

    /// <summary>The members are told of a new generation. Its <see cref="ClassicGenerationStarted"/> has been emitted.</summary>
    public void BecomeCompleting(int generation)
    {
        Generation = generation;
        ProtocolName = Members.SelectProtocol();
        State = GroupState.CompletingRebalance;
        _areSubscriptionsKnown = false;
    }

    /// <summary>The first member says what the group is for.</summary>
    public void BecomeFor(string protocolType) => ProtocolType = protocolType;

    /// <summary>Whether members use, or may use, the topic: what they are subscribed to is not always for the broker to read.</summary>
    public bool IsSubscribed(TopicCatalog topics, TopicId id)
    {
        if (State == GroupState.Empty)
        {
            return false;
        }

        if (!_areSubscriptionsKnown)
        {
            _subscribedTopics = ReadSubscriptions();
            _areSubscriptionsKnown = true;
        }

        return _subscribedTopics is null || (topics.TryFind(id, out Topic? topic) && _subscribedTopics.Contains(topic.Name));
    }

    private HashSet<string>? ReadSubscriptions()
    {
        if (!IsConsumers || ProtocolName is null)
        {
            return null;
        }

        var topics = new HashSet<string>(StringComparer.Ordinal);
        foreach (ClassicMember member in Members.All)
        {
            if (member.MetadataFor(ProtocolName) is not { } metadata || !EmbeddedConsumerCodec.TryReadSubscription(metadata, out var subscription))
            {
                return null;
            }

            topics.UnionWith(subscription.Topics);
        }

        return topics;
    }

    private void Apply(ClassicGenerationFormed formed)
    {
        foreach (ClassicMember gone in Members.All.Where(member => !Array.Exists(formed.Members, other => other.MemberId == member.Id)).ToArray())
        {
            Members.Remove(gone);
        }

        foreach (ClassicGenerationFormed.Member member in formed.Members)
        {
            if (Members.Find(member.MemberId) is { } present)
            {
                present.Assignment = member.Assignment;
            }
            else
            {
                Members.Add(ClassicMember.From(member));
            }
        }

        Formed = formed;
        Members.LeaderId = formed.LeaderId;
        Generation = formed.Generation;
        _highestGeneration = Math.Max(_highestGeneration, formed.Generation);
        ProtocolType = formed.ProtocolType;
        ProtocolName = formed.ProtocolName;
        State = Members.Count == 0 ? GroupState.Empty : GroupState.Stable;
        _areSubscriptionsKnown = false;
    }

    private void Apply(StaticMemberReplaced replaced)
    {
        ClassicGenerationFormed.Member? was = Formed?.Members.FirstOrDefault(member => member.MemberId == replaced.OldMemberId);
        Invariant.Require(was?.InstanceId is not null && Formed is not null, $"The log replaces static member {replaced.OldMemberId}, which there is not.");
        var member = new ClassicMember(replaced.NewMemberId, was.InstanceId, replaced.ClientId, replaced.ClientHost) { Assignment = was.Assignment };
        member.Update(replaced.SessionTimeoutMs, replaced.RebalanceTimeoutMs, MemberProtocol.From(replaced));

        // The event before may be on its way to the log still: it is copied, not changed.
        ClassicGenerationFormed before = Formed;
        Formed = new ClassicGenerationFormed
        {
            Generation = before.Generation,
            AtMs = before.AtMs,
            ProtocolType = before.ProtocolType,
            ProtocolName = before.ProtocolName,
            LeaderId = before.LeaderId == replaced.OldMemberId ? replaced.NewMemberId : before.LeaderId,
            Members = [.. before.Members.Select(other => ReferenceEquals(other, was) ? member.ToEvent(was.Assignment) : other)],
        };
        if (Members.Find(replaced.OldMemberId) is { } old)
        {
            Members.Replace(old, member);
        }

        _areSubscriptionsKnown = false;
    }
}
