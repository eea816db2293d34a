using GrainStream.Core.Groups.Events;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Classic;

/// <summary>A member of a classic group as it is now.</summary>
internal sealed class ClassicMember(string id, string? instanceId, string clientId, string clientHost)
{
    private const short FirstJoinVersionWithNull = 7;

    private Action<JoinGroupResponse>? _join;
    private short _joinVersion;
    private Action<SyncGroupResponse>? _sync;

    public string Id { get; } = id;

    /// <summary>Name that a static member keeps over restarts (KIP-345); null for a dynamic member.</summary>
    public string? InstanceId { get; } = instanceId;

    public string ClientId { get; } = clientId;

    public string ClientHost { get; } = clientHost;

    /// <summary>How long it may be silent.</summary>
    public TimeSpan SessionTimeout { get; private set; }

    /// <summary>How long it may take to join again.</summary>
    public TimeSpan RebalanceTimeout { get; private set; }

    /// <summary>Assignors it can work with, the one it likes best first.</summary>
    public MemberProtocol[] Protocols { get; private set; } = [];

    /// <summary>What the leader of the last generation formed gave it.</summary>
    public byte[] Assignment { get; set; } = [];

    /// <summary>When it counts as gone, if nothing is heard of it until then.</summary>
    public TimeSpan SessionDeadline { get; set; }

    /// <summary>It has not been in a generation yet. It knows no member id to send heartbeats with, so its first join may take longer than a session.</summary>
    public bool IsNew { get; set; }

    /// <summary>It has asked for its assignment in the present generation, or need not.</summary>
    public bool HasSynced { get; set; } = true;

    public bool IsStatic => InstanceId is not null;

    public bool AwaitsJoin => _join is not null;

    public bool AwaitsSync => _sync is not null;

    /// <summary>Name and address, for people.</summary>
    public string Story => $"{Id} ({(InstanceId is null ? "" : $"static {InstanceId}, ")}client {ClientId}, {ClientHost})";

    public static ClassicMember From(ClassicGenerationFormed.Member member)
    {
        var created = new ClassicMember(member.MemberId, member.InstanceId, member.ClientId, member.ClientHost) { Assignment = member.Assignment };
        created.Update(member.SessionTimeoutMs, member.RebalanceTimeoutMs, MemberProtocol.From(member));
        return created;
    }

    public ClassicGenerationFormed.Member ToEvent(byte[] assignment) => new()
    {
        MemberId = Id,
        InstanceId = InstanceId,
        ClientId = ClientId,
        ClientHost = ClientHost,
        SessionTimeoutMs = (int)SessionTimeout.TotalMilliseconds,
        RebalanceTimeoutMs = (int)RebalanceTimeout.TotalMilliseconds,
        Protocols = [.. Protocols.Select(protocol => new ClassicGenerationFormed.MemberProtocol { Name = protocol.Name, Metadata = protocol.Metadata })],
        Assignment = assignment,
    };

    /// <param name="sessionTimeoutMs">Milliseconds.</param>
    /// <param name="rebalanceTimeoutMs">Milliseconds; negative where the client knows no such thing: then as long as the session.</param>
    /// <param name="protocols">At least one.</param>
    public void Update(int sessionTimeoutMs, int rebalanceTimeoutMs, MemberProtocol[] protocols)
    {
        SessionTimeout = TimeSpan.FromMilliseconds(sessionTimeoutMs);
        RebalanceTimeout = rebalanceTimeoutMs < 0 ? SessionTimeout : TimeSpan.FromMilliseconds(rebalanceTimeoutMs);
        Protocols = protocols;
    }

    public bool Supports(string protocol) => Array.Exists(Protocols, own => own.Name == protocol);

    /// <summary>What it tells the assignor; null if it cannot work with it.</summary>
    public byte[]? MetadataFor(string? protocol) => Array.Find(Protocols, own => own.Name == protocol)?.Metadata;

    /// <summary>Keeps the request until the generation begins. One it sent before is not answered by that any more, so it is answered now: join again.</summary>
    public void AwaitJoin(GroupStep step, short version, Action<JoinGroupResponse> reply)
    {
        AnswerJoin(step, ErrorCode.RebalanceInProgress);
        _join = reply;
        _joinVersion = version;
    }

    public void AnswerJoin(GroupStep step, JoinGroupResponse response)
    {
        if (_join is { } reply)
        {
            _join = null;
            step.Answer(reply, response);
        }
    }

    public void AnswerJoin(GroupStep step, ErrorCode error) => AnswerJoin(step, JoinError(error, error == ErrorCode.UnknownMemberId ? "" : Id, _joinVersion));

    /// <summary>Keeps the request until the leader has brought the assignment.</summary>
    public void AwaitSync(GroupStep step, Action<SyncGroupResponse> reply)
    {
        AnswerSync(step, ErrorCode.RebalanceInProgress);
        _sync = reply;
    }

    public void AnswerSync(GroupStep step, SyncGroupResponse response)
    {
        if (_sync is { } reply)
        {
            _sync = null;
            step.Answer(reply, response);
        }
    }

    public void AnswerSync(GroupStep step, ErrorCode error) => AnswerSync(step, new SyncGroupResponse { ErrorCode = error });

    /// <summary>Answers what it waits for, at once.</summary>
    public void Abandon(ErrorCode error)
    {
        _join?.Invoke(JoinError(error, Id, _joinVersion));
        _sync?.Invoke(new SyncGroupResponse { ErrorCode = error });
        _join = null;
        _sync = null;
    }

    /// <summary>A refusal in the version's own words.</summary>
    public static JoinGroupResponse JoinError(ErrorCode error, string memberId, short version) =>
        new() { ErrorCode = error, MemberId = memberId, ProtocolName = version < FirstJoinVersionWithNull ? "" : null };
}
