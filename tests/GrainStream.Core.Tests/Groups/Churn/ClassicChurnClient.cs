using GrainStream.Core.Groups;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Tests.Groups.Churn;

/// <summary>
/// A consumer of the classic protocol, as the Java client behaves. Eager: it gives everything up before it joins again. Cooperative (KIP-429): it keeps what it owns, gives up what the
/// new assignment lacks, and then joins once more so that somebody else gets it.
/// </summary>
internal sealed class ClassicChurnClient : ChurnClient
{
    private const int SessionMs = 45_000;
    private const int RebalanceMs = 60_000;
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Backoff = TimeSpan.FromSeconds(0.2);

    private readonly ChurnRecords _records;
    private readonly string[] _topics;
    private readonly bool _isCooperative;
    private bool _isJoining;
    private bool _isLeader;
    private int _partitionsAssigned;
    private int _attempt;

    public ClassicChurnClient(
        ChurnWorld world, ChurnCoordinator coordinator, ChurnRecords records, string name, string? instanceId, string[] topics, bool isCooperative)
        : base(world, coordinator, records, name, instanceId)
    {
        _records = records;
        _topics = topics;
        _isCooperative = isCooperative;

        // Older clients are not asked to come back with an id. A static leader that comes back before version 9 is told that another leads, so that nobody
        // looks after topics that grow (what KIP-814 mended).
        Client = Client with { Version = (short)(instanceId is not null ? 9 : world.Chance(0.7) ? world.Random.Next(5, 10) : world.Random.Next(1, 4)) };
    }

    protected override bool CanCommit => Generation >= 0 && !(_isJoining && !_isCooperative);

    protected override void Begin()
    {
        Join("starts");
        Later(HeartbeatInterval, Heartbeat);
    }

    protected override void SayGoodbye()
    {
        // A static member goes without a word: it means to come back (KIP-345).
        if (InstanceId is null && MemberId.Length > 0)
        {
            var request = new LeaveGroupRequest { MemberId = MemberId, Members = [new() { MemberId = MemberId }] };
            Call<LeaveGroupResponse>((group, step, reply) => group.Leave(step, request, Client, reply), _ => { }, RequestTimeout);
        }
    }

    /// <summary>The leader sees that topics have grown.</summary>
    protected override void LookAround()
    {
        if (_isLeader && !_isJoining && _topics.Sum(PartitionCount) != _partitionsAssigned)
        {
            Join("topics have changed");
        }
    }

    protected override void CommitRefused(ErrorCode error) => Refused(error, _attempt);

    private void Heartbeat()
    {
        Later(HeartbeatInterval, Heartbeat);
        if (Generation < 0)
        {
            return;
        }

        int attempt = _attempt;
        int generation = Generation;
        var request = new HeartbeatRequest { MemberId = MemberId, GenerationId = Generation, GroupInstanceId = InstanceId };
        Call<HeartbeatResponse>(
            (group, step, reply) => group.Heartbeat(step, request, Client, reply),
            response =>
            {
                if (response is not null && generation == Generation && response.ErrorCode != ErrorCode.None)
                {
                    Refused(response.ErrorCode, attempt);
                }
            },
            RequestTimeout);
    }

    private void Refused(ErrorCode error, int attempt)
    {
        if (attempt != _attempt)
        {
            return;
        }

        switch (error)
        {
            case ErrorCode.RebalanceInProgress:
                if (!_isJoining)
                {
                    Join("the group rebalances");
                }

                break;
            case ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration:
                Lose(error);
                Join($"{error}");
                break;
            case ErrorCode.FencedInstanceId:
                World.Tell($"{Story} is fenced off and ends");
                End();
                break;
            default:
                break;
        }
    }

    private void Lose(ErrorCode error)
    {
        World.Tell($"{Story} has lost its membership: {error}");
        DisownAll();
        Generation = -1;
        _isLeader = false;
        MemberId = error == ErrorCode.UnknownMemberId ? "" : MemberId;
    }

    private void Join(string why)
    {
        World.Tell($"{Story} joins: {why}");
        _isJoining = true;
        int attempt = ++_attempt;
        if (!_isCooperative)
        {
            DisownAll();
        }

        JoinGroupRequest request = NewJoin(why);
        Call<JoinGroupResponse>(
            (group, step, reply) => group.Join(step, request, Client, reply),
            response =>
            {
                if (attempt == _attempt)
                {
                    Joined(response, attempt);
                }
            },
            TimeSpan.FromMilliseconds(RebalanceMs + 5_000));
    }

    private JoinGroupRequest NewJoin(string why) => new()
    {
        GroupId = "g",
        MemberId = MemberId,
        GroupInstanceId = InstanceId,
        ProtocolType = EmbeddedConsumerCodec.ProtocolType,
        SessionTimeoutMs = SessionMs,
        RebalanceTimeoutMs = RebalanceMs,
        Reason = why,
        Protocols =
        [
            new()
            {
                Name = _isCooperative ? "cooperative-sticky" : "range",
                Metadata = EmbeddedConsumerCodec.Write(
                    new ConsumerProtocolSubscription
                    {
                        Topics = _topics,
                        GenerationId = Generation,
                        OwnedPartitions = [.. Owned.GroupBy(TopicOf).Select(topic => new ConsumerProtocolSubscription.TopicPartition
                        {
                            Topic = topic.Key,
                            Partitions = [.. topic.Select(partition => partition.Index)],
                        })],
                    },
                    version: 2),
            },
        ],
    };

    private void Joined(JoinGroupResponse? response, int attempt)
    {
        switch (response?.ErrorCode)
        {
            case ErrorCode.None:
                MemberId = response.MemberId;
                Generation = response.GenerationId;
                _isLeader = response.Leader == response.MemberId;
                Sync(response, attempt);
                break;
            case ErrorCode.MemberIdRequired:
                MemberId = response.MemberId;
                Join("with its id");
                break;
            case ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration:
                Lose(response.ErrorCode);
                Again(attempt);
                break;
            case ErrorCode.FencedInstanceId:
                Refused(ErrorCode.FencedInstanceId, attempt);
                break;
            default:
                Again(attempt);
                break;
        }
    }

    private void Again(int attempt) => Later(Backoff, () =>
    {
        if (attempt == _attempt)
        {
            Join("once more");
        }
    });

    private void Sync(JoinGroupResponse joined, int attempt)
    {
        bool assigns = _isLeader && !joined.SkipAssignment;
        _partitionsAssigned = joined.SkipAssignment ? -1 : _topics.Sum(PartitionCount);
        var request = new SyncGroupRequest
        {
            MemberId = MemberId,
            GenerationId = Generation,
            GroupInstanceId = InstanceId,
            ProtocolType = joined.ProtocolType,
            ProtocolName = joined.ProtocolName,
            Assignments = assigns ? [.. ChurnAssignor.Assign(joined, _isCooperative, PartitionCount)] : [],
        };
        Call<SyncGroupResponse>(
            (group, step, reply) => group.Sync(step, request, Client, reply),
            response =>
            {
                if (attempt == _attempt)
                {
                    Synced(response, attempt);
                }
            },
            TimeSpan.FromMilliseconds(RebalanceMs + 5_000));
    }

    private void Synced(SyncGroupResponse? response, int attempt)
    {
        switch (response?.ErrorCode)
        {
            case ErrorCode.None:
                _isJoining = false;
                Adopt(response.Assignment);
                break;
            case ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration:
                Lose(response.ErrorCode);
                Again(attempt);
                break;
            case ErrorCode.FencedInstanceId:
                Refused(ErrorCode.FencedInstanceId, attempt);
                break;
            default:
                Again(attempt);
                break;
        }
    }

    private void Adopt(byte[] assignment)
    {
        var assigned = new HashSet<PartitionId>();
        if (EmbeddedConsumerCodec.TryReadAssignment(assignment, out ConsumerProtocolAssignment? read))
        {
            foreach (ConsumerProtocolAssignment.TopicPartition topic in read.AssignedPartitions)
            {
                Assert.True(Coordinator.Topics.TryFind(topic.Topic, out var found));
                assigned.UnionWith(topic.Partitions.Select(index => new PartitionId(found.Id, index)));
            }
        }

        PartitionId[] lost = [.. Owned.Where(partition => !assigned.Contains(partition))];
        foreach (PartitionId partition in lost)
        {
            Disown(partition);
        }

        foreach (PartitionId partition in assigned.Except(Owned.ToArray()).OrderBy(_records.NameOf, StringComparer.Ordinal).ToArray())
        {
            Own(partition);
        }

        if (lost.Length > 0 && _isCooperative)
        {
            Join("it has given partitions up");
        }
    }

    private string TopicOf(PartitionId partition) => Coordinator.Topics.TryFind(partition.Topic, out var topic) ? topic.Name : "";
}
