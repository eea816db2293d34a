using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Tests.Groups.Churn;

/// <summary>
/// A consumer of the consumer protocol (KIP-848), as the Java client behaves: it heartbeats; when the answer has another assignment it gives up what that lacks, takes what is new, and says so
/// at once. After a request without an answer it says everything again.
/// </summary>
internal sealed class ConsumerChurnClient : ChurnClient
{
    private const int RebalanceMs = 60_000;
    private const int LeaveEpoch = -1;

    private readonly ChurnRecords _records;
    private readonly string[] _topics;
    private TimeSpan _interval = TimeSpan.FromSeconds(3);
    private bool _isWaiting;
    private bool _mustSayAll = true;
    private bool _mustSayOwned;
    private int _beat;

    public ConsumerChurnClient(ChurnWorld world, ChurnCoordinator coordinator, ChurnRecords records, string name, string[] topics)
        : base(world, coordinator, records, name, instanceId: null)
    {
        _records = records;
        _topics = topics;
        MemberId = world.NewGuid().ToString();
        Generation = 0;
        Client = Client with { Version = 1 };
    }

    protected override bool CanCommit => Generation > 0;

    protected override void Begin() => Heartbeat();

    protected override void SayGoodbye()
    {
        if (Generation > 0)
        {
            var request = new ConsumerGroupHeartbeatRequest { GroupId = "g", MemberId = MemberId, MemberEpoch = LeaveEpoch };
            Call<ConsumerGroupHeartbeatResponse>((group, step, reply) => group.ConsumerHeartbeat(step, request, Client, reply), _ => { }, RequestTimeout);
        }
    }

    protected override void LookAround()
    {
    }

    protected override void CommitRefused(ErrorCode error)
    {
        if (error is ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch)
        {
            Lose(error);
        }
    }

    private void Heartbeat()
    {
        if (_isWaiting)
        {
            return;
        }

        _isWaiting = true;
        bool saysOwned = _mustSayAll || _mustSayOwned;
        var request = new ConsumerGroupHeartbeatRequest
        {
            GroupId = "g",
            MemberId = MemberId,
            MemberEpoch = Generation,
            RebalanceTimeoutMs = _mustSayAll ? RebalanceMs : -1,
            SubscribedTopicNames = _mustSayAll ? _topics : null,
            Partitions = saysOwned
                ? [.. Owned.GroupBy(partition => partition.Topic).Select(topic => new ConsumerGroupHeartbeatRequest.TopicPartitions { TopicId = topic.Key.Value, Partitions = [.. topic.Select(partition => partition.Index)] })]
                : null,
        };
        _mustSayAll = false;
        _mustSayOwned = false;
        int epoch = Generation;
        Call<ConsumerGroupHeartbeatResponse>((group, step, reply) => group.ConsumerHeartbeat(step, request, Client, reply), response => Heard(response, epoch), RequestTimeout);
    }

    private void Heard(ConsumerGroupHeartbeatResponse? response, int epoch)
    {
        _isWaiting = false;
        if (epoch != Generation)
        {
            // It has lost its membership meanwhile: what this says is of a life before.
            Heartbeat();
            return;
        }

        switch (response?.ErrorCode)
        {
            case ErrorCode.None:
                _interval = TimeSpan.FromMilliseconds(response.HeartbeatIntervalMs);
                if (response.MemberEpoch != Generation)
                {
                    World.Tell($"{Story} moves to epoch {response.MemberEpoch}");
                    Generation = response.MemberEpoch;
                }

                if (response.Assignment is not null)
                {
                    Adopt(response.Assignment);
                }

                break;
            case ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch:
                Lose(response.ErrorCode);
                break;
            default:
                _mustSayAll = true;
                break;
        }

        int beat = ++_beat;
        if (_mustSayOwned)
        {
            Heartbeat();
        }

        Later(response is null ? TimeSpan.FromSeconds(0.5) : _interval, () =>
        {
            if (beat == _beat)
            {
                Heartbeat();
            }
        });
    }

    private void Lose(ErrorCode error)
    {
        World.Tell($"{Story} has lost its membership: {error}");
        DisownAll();
        Generation = 0;
        _mustSayAll = true;
        Heartbeat();
    }

    private void Adopt(ConsumerGroupHeartbeatResponse.MemberAssignment assignment)
    {
        HashSet<PartitionId> assigned = [.. assignment.TopicPartitions.SelectMany(topic => topic.Partitions.Select(index => new PartitionId(new TopicId(topic.TopicId), index)))];
        foreach (PartitionId partition in Owned.Where(partition => !assigned.Contains(partition)).ToArray())
        {
            Disown(partition);
        }

        foreach (PartitionId partition in assigned.Except(Owned.ToArray()).OrderBy(_records.NameOf, StringComparer.Ordinal).ToArray())
        {
            Own(partition);
        }

        _mustSayOwned = true;
    }
}
