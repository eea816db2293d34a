using System.Globalization;
using GrainStream.Core.Groups;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Tests.Groups;

/// <summary>A client in a script: it keeps what it is told, as a client would, and says what the script says.</summary>
internal sealed class ScriptedMember(string name)
{
    private string[] _protocols = ["range"];
    private string[] _topics = ["orders"];
    private string _type = "consumer";
    private int _sessionMs = 10_000;
    private int _rebalanceMs = 60_000;

    public string Name { get; } = name;

    public string Id { get; private set; } = "";

    public int Generation { get; private set; } = -1;

    public string? Instance { get; private set; }

    public short Version { get; private set; } = 3;

    /// <summary>Words of the form key=value change what the member is from here on.</summary>
    public void Read(string[] words)
    {
        foreach (string[] pair in words.Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2))
        {
            string value = pair[1];
            switch (pair[0])
            {
                case "as": Instance = value; break;
                case "v": Version = short.Parse(value, CultureInfo.InvariantCulture); break;
                case "protocols": _protocols = value.Split(',', StringSplitOptions.RemoveEmptyEntries); break;
                case "topics": _topics = value.Split(','); break;
                case "type": _type = value; break;
                case "session": _sessionMs = 1000 * int.Parse(value.TrimEnd('s'), CultureInfo.InvariantCulture); break;
                case "rebalance": _rebalanceMs = 1000 * int.Parse(value.TrimEnd('s'), CultureInfo.InvariantCulture); break;
                case "id": Id = value; break;
                case "gen": Generation = int.Parse(value, CultureInfo.InvariantCulture); break;
                default: break;
            }
        }
    }

    public void Learn(JoinGroupResponse response)
    {
        if (response.ErrorCode is ErrorCode.None or ErrorCode.MemberIdRequired)
        {
            Id = response.MemberId;
            Generation = response.GenerationId;
        }
    }

    public JoinGroupRequest Join() => new()
    {
        GroupId = "g",
        MemberId = Id,
        GroupInstanceId = Instance,
        ProtocolType = _type,
        SessionTimeoutMs = _sessionMs,
        RebalanceTimeoutMs = _rebalanceMs,
        Protocols = [.. _protocols.Select(protocol => new JoinGroupRequest.JoinGroupRequestProtocol
        {
            Name = protocol,
            Metadata = EmbeddedConsumerCodec.Write(new ConsumerProtocolSubscription { Topics = _topics }, version: 1),
        })],
    };

    public SyncGroupRequest Sync(string[] words, IReadOnlyDictionary<string, ScriptedMember> others) => new()
    {
        GroupId = "g",
        MemberId = Id,
        GenerationId = Generation,
        GroupInstanceId = Instance,
        ProtocolType = Version >= 5 ? _type : null,
        Assignments = [.. words.Select(word => word.Split('=')).Where(pair => pair.Length == 2 && others.ContainsKey(pair[0]))
            .Select(pair => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = others[pair[0]].Id, Assignment = Encode(pair[1]) })],
    };

    public HeartbeatRequest Heartbeat() => new() { GroupId = "g", MemberId = Id, GenerationId = Generation, GroupInstanceId = Instance };

    public LeaveGroupRequest Leave() => Version < 3
        ? new() { GroupId = "g", MemberId = Id }
        : new() { GroupId = "g", Members = [new() { MemberId = Id, GroupInstanceId = Instance }] };

    /// <summary>orders:0,1;payments:2.</summary>
    public static string Assignment(byte[] bytes) =>
        EmbeddedConsumerCodec.TryReadAssignment(bytes, out ConsumerProtocolAssignment? assignment) && assignment.AssignedPartitions.Length > 0
            ? string.Join(';', assignment.AssignedPartitions.Select(topic => $"{topic.Topic}:{string.Join(',', topic.Partitions)}"))
            : "nothing";

    private static byte[] Encode(string text) => EmbeddedConsumerCodec.Write(
        new ConsumerProtocolAssignment
        {
            AssignedPartitions = [.. text.Split(';').Select(topic => topic.Split(':')).Select(parts => new ConsumerProtocolAssignment.TopicPartition
            {
                Topic = parts[0],
                Partitions = [.. parts[1].Split(',').Select(index => int.Parse(index, CultureInfo.InvariantCulture))],
            })],
        },
        version: 0);
}
