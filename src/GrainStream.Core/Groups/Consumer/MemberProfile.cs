using GrainStream.Core.Groups.Classic;
using GrainStream.Core.Groups.Events;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>What a member says of itself. Immutable.</summary>
internal sealed record MemberProfile
{
    /// <summary>Name that a static member keeps over restarts (KIP-345); null for a dynamic member.</summary>
    public string? InstanceId { get; init; }

    public string? RackId { get; init; }

    public string ClientId { get; init; } = "";

    public string ClientHost { get; init; } = "";

    /// <summary>How long it may take to give up partitions; a member of the classic protocol, to join again.</summary>
    public TimeSpan RebalanceTimeout { get; init; }

    public TopicSubscription Subscription { get; init; } = TopicSubscription.None;

    /// <summary>The assignor that it would like; null for the broker's choice.</summary>
    public string? ServerAssignor { get; init; }

    /// <summary>What only members of the classic protocol have; null for one of the consumer protocol.</summary>
    public ClassicSide? Classic { get; init; }

    public static MemberProfile From(ConsumerMemberChanged changed) => new()
    {
        InstanceId = changed.InstanceId,
        RackId = changed.RackId,
        ClientId = changed.ClientId,
        ClientHost = changed.ClientHost,
        RebalanceTimeout = TimeSpan.FromMilliseconds(changed.RebalanceTimeoutMs),
        Subscription = new TopicSubscription(changed.TopicNames, changed.TopicPattern),
        ServerAssignor = changed.ServerAssignor,
        Classic = changed.ClassicProtocols.Length == 0 ? null : new ClassicSide(
            TimeSpan.FromMilliseconds(changed.ClassicSessionTimeoutMs), [.. changed.ClassicProtocols.Select(protocol => new MemberProtocol(protocol.Name, protocol.Metadata))]),
    };

    public ConsumerMemberChanged ToEvent(string memberId) => new()
    {
        MemberId = memberId,
        InstanceId = InstanceId,
        RackId = RackId,
        ClientId = ClientId,
        ClientHost = ClientHost,
        RebalanceTimeoutMs = (int)RebalanceTimeout.TotalMilliseconds,
        TopicNames = [.. Subscription.Names],
        TopicPattern = Subscription.Pattern,
        ServerAssignor = ServerAssignor,
        ClassicSessionTimeoutMs = Classic is null ? -1 : (int)Classic.SessionTimeout.TotalMilliseconds,
        ClassicProtocols = Classic is null
            ? []
            : [.. Classic.Protocols.Select(protocol => new ConsumerMemberChanged.ClassicMemberProtocol { Name = protocol.Name, Metadata = protocol.Metadata })],
    };
}
