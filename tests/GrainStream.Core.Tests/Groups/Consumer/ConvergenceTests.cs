using GrainStream.Core.Groups;
using GrainStream.Core.Groups.Consumer;
using GrainStream.Core.Tests.Topics;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using Xunit.Abstractions;

namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>How long a large group takes to settle, on virtual time, with clients that beat when they are told to and do at once as they are told.</summary>
public sealed class ConvergenceTests(ITestOutputHelper output)
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(20);

    private readonly GroupHost _host = new();
    private readonly List<Client> _clients = [];

    [Fact]
    public void Ten_members_that_start_share_nine_hundred_partitions_within_two_seconds_of_the_last()
    {
        Start(10);
        TimeSpan settled = Settle();
        output.WriteLine($"10 members, 900 partitions: stable {settled.TotalSeconds:0.00} s after the last join");

        Assert.True(settled <= TimeSpan.FromSeconds(2), settled.ToString());
        Assert.All(_clients, client => Assert.Equal(90, client.Owned.Count));
    }

    [Fact]
    public void One_that_leaves_moves_only_its_partitions()
    {
        Start(10);
        Settle();
        Dictionary<PartitionId, string> before = Owners();
        Client leaver = _clients[3];
        _clients.Remove(leaver);
        Send(leaver, new() { GroupId = "g", MemberId = leaver.Id, MemberEpoch = -1 });
        TimeSpan settled = Settle();
        output.WriteLine($"one of 10 left: stable again after {settled.TotalSeconds:0.00} s");
        Dictionary<PartitionId, string> after = Owners();

        Assert.Equal(900, after.Count);
        Assert.Equal(90, after.Count(owner => before[owner.Key] != owner.Value));
        Assert.All(after.Where(owner => before[owner.Key] != owner.Value), owner => Assert.Equal(leaver.Id, before[owner.Key]));
    }

    [Fact]
    public void A_member_that_joins_a_group_at_rest_waits_for_one_heartbeat_of_the_others()
    {
        Start(9);
        Settle();
        Run(TimeSpan.FromSeconds(30));
        Start(1);
        TimeSpan settled = Settle();
        output.WriteLine($"a tenth joined a group at rest: stable again after {settled.TotalSeconds:0.00} s");

        Assert.True(settled <= _host.Config.ConsumerHeartbeatInterval + TimeSpan.FromSeconds(2), settled.ToString());
    }

    private void Start(int count)
    {
        if (!_host.Topics.TryFind("orders", out _))
        {
            _host.Topics.Create("orders", 900);
        }

        for (int i = 0; i < count; i++)
        {
            var client = new Client($"m{_clients.Count:00}");
            _clients.Add(client);
            Send(client, new() { GroupId = "g", MemberId = client.Id, RebalanceTimeoutMs = 60_000, SubscribedTopicNames = ["orders"], Partitions = [] });
            Run(TimeSpan.FromMilliseconds(70));
        }
    }

    /// <summary>How long until all have what they are to have.</summary>
    private TimeSpan Settle()
    {
        TimeSpan start = _host.Clock;
        while (_host.Group.Overview.State != GroupState.Stable || _clients.Exists(client => client.MustAck))
        {
            Assert.True(_host.Clock - start < TimeSpan.FromMinutes(1), "The group does not settle.");
            Run(RoundTrip);
        }

        return _host.Clock - start;
    }

    private void Run(TimeSpan duration)
    {
        TimeSpan end = _host.Clock + duration;
        while (true)
        {
            Client? next = _clients.MinBy(client => client.NextBeat);
            if (next is null || next.NextBeat > end)
            {
                break;
            }

            _host.Advance(next.NextBeat > _host.Clock ? next.NextBeat - _host.Clock : TimeSpan.Zero);
            bool hasMoved = next.MustAck;
            next.MustAck = false;
            Send(next, new() { GroupId = "g", MemberId = next.Id, MemberEpoch = next.Epoch, Partitions = hasMoved ? next.OwnedMessage() : null });
        }

        _host.Advance(end - _host.Clock);
    }

    private void Send(Client client, ConsumerGroupHeartbeatRequest request) => _host.Do(step => _host.Group.ConsumerHeartbeat(
        step, request, new GroupClient("c", "/1", 1), response =>
        {
            Assert.Equal(ErrorCode.None, response.ErrorCode);
            client.Epoch = response.MemberEpoch;
            client.NextBeat = _host.Clock + TimeSpan.FromMilliseconds(response.HeartbeatIntervalMs);
            if (response.Assignment is { } assignment)
            {
                client.Owned = PartitionSet.Of(assignment.TopicPartitions.Select(topic => new AssignedTopic(new TopicId(topic.TopicId), topic.Partitions)));
                client.MustAck = true;
                client.NextBeat = _host.Clock + RoundTrip;
            }
        }));

    private Dictionary<PartitionId, string> Owners() => _clients.SelectMany(client => client.Owned.Select(partition => (partition, client.Id))).ToDictionary();

    private sealed class Client(string id)
    {
        public string Id => id;

        public int Epoch { get; set; }

        public PartitionSet Owned { get; set; } = PartitionSet.Empty;

        public TimeSpan NextBeat { get; set; }

        public bool MustAck { get; set; }

        public ConsumerGroupHeartbeatRequest.TopicPartitions[] OwnedMessage() =>
            [.. Owned.Topics.ToArray().Select(topic => new ConsumerGroupHeartbeatRequest.TopicPartitions { TopicId = topic.Topic.Value, Partitions = topic.Indexes })];
    }
}
