using System.Globalization;
using GrainStream.Core.Groups;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>A client in a script: it keeps what it is told, as a client would, and says what the script says.</summary>
internal sealed class ScriptedConsumer(string name, TopicCatalog catalog)
{
    private string[] _topics = [];
    private string? _regex;
    private string? _assignor;
    private string[] _protocols = ["range"];
    private int _patienceMs = 60_000;
    private int _sessionMs = 10_000;
    private List<(Guid Topic, int[] Partitions)> _owned = [];
    private List<(Guid Topic, int[] Partitions)> _told = [];
    private int? _epochOverride;
    private string? _ownsOverride;
    private int _epoch;

    public string Name { get; } = name;

    public string Id { get; private set; } = name;

    public int Epoch => _epochOverride ?? _epoch;

    public string? Instance { get; private set; }

    public short Version { get; private set; } = 1;

    public short CommitVersion { get; private set; } = 9;

    public static TimeSpan Duration(string text) => text[^1] == 's'
        ? TimeSpan.FromSeconds(double.Parse(text[..^1], CultureInfo.InvariantCulture))
        : TimeSpan.FromMinutes(double.Parse(text[..^1], CultureInfo.InvariantCulture));

    /// <summary>Words of the form key=value change what the member is from here on; epoch= and owns= for this line only.</summary>
    public void Read(string[] words)
    {
        (_epochOverride, _ownsOverride) = (null, null);
        foreach (string[] pair in words.Select(word => word.Split('=', 2)))
        {
            string value = pair[^1];
            switch (pair[0])
            {
                case "as": Instance = value; break;
                case "id": Id = value; break;
                case "v": Version = short.Parse(value, CultureInfo.InvariantCulture); break;
                case "cv": CommitVersion = short.Parse(value, CultureInfo.InvariantCulture); break;
                case "re": _regex = value; break;
                case "assignor": _assignor = value; break;
                case "protocols": _protocols = value.Split(','); break;
                case "patience": _patienceMs = (int)Duration(value).TotalMilliseconds; break;
                case "session": _sessionMs = (int)Duration(value).TotalMilliseconds; break;
                case "epoch": _epochOverride = int.Parse(value, CultureInfo.InvariantCulture); break;
                case "owns": _ownsOverride = value; break;
                case "to": _topics = value.Split(',', StringSplitOptions.RemoveEmptyEntries); break;
                default:
                    if (pair.Length == 1 && words[0] == value && value != "paced" && !value.Contains('@', StringComparison.Ordinal))
                    {
                        _topics = value.Split(',');
                    }

                    break;
            }
        }
    }

    /// <summary>The heartbeat that a verb is; null if it is none.</summary>
    public ConsumerGroupHeartbeatRequest? HeartbeatFor(string verb)
    {
        switch (verb)
        {
            case "join":
                (_owned, _told, _epoch) = ([], [], 0);
                return Everything(0);
            case "beat":
                return new() { GroupId = "g", MemberId = Id, MemberEpoch = Epoch, InstanceId = Instance, Partitions = _ownsOverride is null ? null : Owned() };
            case "ack":
                _owned = _told;
                return new() { GroupId = "g", MemberId = Id, MemberEpoch = Epoch, InstanceId = Instance, Partitions = Owned() };
            case "full":
                return Everything(Epoch);
            case "leave":
                return new() { GroupId = "g", MemberId = Id, MemberEpoch = -1, InstanceId = Instance };
            case "pause":
                return new() { GroupId = "g", MemberId = Id, MemberEpoch = -2, InstanceId = Instance };
            default:
                return null;
        }
    }

    /// <summary>The assignment in the answer, if there is one.</summary>
    public string? Learn(ConsumerGroupHeartbeatResponse response)
    {
        Id = response.MemberId!;
        _epoch = response.MemberEpoch;
        if (response.Assignment is null)
        {
            return null;
        }

        _told = [.. response.Assignment.TopicPartitions.Select(topic => (topic.TopicId, topic.Partitions))];
        return Text(_told);
    }

    public void Learn(JoinGroupResponse response)
    {
        if (response.ErrorCode is ErrorCode.None or ErrorCode.MemberIdRequired)
        {
            Id = response.MemberId;
            _epoch = response.GenerationId;
        }
        else if (response.ErrorCode == ErrorCode.UnknownMemberId)
        {
            Id = "";
        }
    }

    public string Learn(SyncGroupResponse response)
    {
        Assert.True(EmbeddedConsumerCodec.TryReadAssignment(response.Assignment, out ConsumerProtocolAssignment? assignment));
        _told = _owned = [.. assignment.AssignedPartitions.Select(topic => (IdOf(topic.Topic), topic.Partitions))];
        return Text(_owned);
    }

    public JoinGroupRequest ClassicJoin()
    {
        Id = Id == Name ? "" : Id;
        return new()
        {
            GroupId = "g",
            MemberId = Id,
            GroupInstanceId = Instance,
            ProtocolType = "consumer",
            SessionTimeoutMs = _sessionMs,
            RebalanceTimeoutMs = _patienceMs,
            Protocols = [.. _protocols.Select(protocol => new JoinGroupRequest.JoinGroupRequestProtocol
            {
                Name = protocol,
                Metadata = EmbeddedConsumerCodec.Write(
                    new ConsumerProtocolSubscription
                    {
                        Topics = _topics,
                        OwnedPartitions = [.. Owned().Select(topic => new ConsumerProtocolSubscription.TopicPartition { Topic = NameOf(topic.TopicId), Partitions = topic.Partitions })],
                    },
                    version: 1),
            })],
        };
    }

    public SyncGroupRequest ClassicSync(string[] words, IReadOnlyDictionary<string, ScriptedConsumer> others) => new()
    {
        GroupId = "g",
        MemberId = Id,
        GenerationId = Epoch,
        GroupInstanceId = Instance,
        Assignments = [.. words.Select(word => word.Split('=')).Where(pair => pair.Length == 2 && others.ContainsKey(pair[0])).Select(pair => new SyncGroupRequest.SyncGroupRequestAssignment
        {
            MemberId = others[pair[0]].Id,
            Assignment = EmbeddedConsumerCodec.Write(
                new ConsumerProtocolAssignment
                {
                    AssignedPartitions = [.. Parse(pair[1]).Select(topic => new ConsumerProtocolAssignment.TopicPartition { Topic = NameOf(topic.Topic), Partitions = topic.Partitions })],
                },
                version: 1),
        })],
    };

    public HeartbeatRequest ClassicHeartbeat() => new() { GroupId = "g", MemberId = Id, GenerationId = Epoch, GroupInstanceId = Instance };

    public LeaveGroupRequest ClassicLeave() => new() { GroupId = "g", MemberId = Id, Members = [new() { MemberId = Id, GroupInstanceId = Instance }] };

    public PartitionId Partition(string text)
    {
        string[] parts = text.Split(':');
        return new PartitionId(new TopicId(IdOf(parts[0])), int.Parse(parts[1].Split('@')[0], CultureInfo.InvariantCulture));
    }

    private ConsumerGroupHeartbeatRequest Everything(int epoch) => new()
    {
        GroupId = "g",
        MemberId = Version == 0 && epoch == 0 ? "" : Id,
        MemberEpoch = epoch,
        InstanceId = Instance,
        RebalanceTimeoutMs = _patienceMs,
        SubscribedTopicNames = _topics,
        SubscribedTopicRegex = _regex,
        ServerAssignor = _assignor,
        Partitions = Owned(),
    };

    private ConsumerGroupHeartbeatRequest.TopicPartitions[] Owned() =>
        [.. (_ownsOverride is null ? _owned : Parse(_ownsOverride)).Select(topic => new ConsumerGroupHeartbeatRequest.TopicPartitions { TopicId = topic.Topic, Partitions = topic.Partitions })];

    // orders:0,1+bills:2, or nothing
    private List<(Guid Topic, int[] Partitions)> Parse(string text) => text is "nothing" or "" ? [] :
        [.. text.Split('+').Select(part => part.Split(':')).Select(part => (IdOf(part[0]), part[1].Split(',').Select(index => int.Parse(index, CultureInfo.InvariantCulture)).ToArray()))];

    private string Text(List<(Guid Topic, int[] Partitions)> partitions) => string.Join(
        ' ', partitions.Select(topic => $"{NameOf(topic.Topic)}:{string.Join(',', topic.Partitions)}").Order(StringComparer.Ordinal).DefaultIfEmpty("nothing"));

    private string NameOf(Guid topic) => catalog.TryFind(new TopicId(topic), out Topic? found) ? found.Name : "?";

    private Guid IdOf(string topic)
    {
        Assert.True(catalog.TryFind(topic, out Topic? found), $"There is no topic {topic}.");
        return found.Id.Value;
    }
}
