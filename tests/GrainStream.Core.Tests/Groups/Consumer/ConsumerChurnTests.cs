using System.Globalization;
using GrainStream.Core.Groups;
using GrainStream.Core.Groups.Consumer;
using GrainStream.Core.Groups.Offsets;
using GrainStream.Core.Tests.Topics;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>
/// Random clients that join, leave, die, lose answers and are fenced, with restarts and changing topics. The seed is in the test's name; a failing one reproduces.
/// After every input: a group made from the log's bytes equals the live one, and no client that is a member has more partitions than the group keeps for it,
/// so that, since the group keeps each for one member, no partition has two owners. In the end the group settles, with every partition owned.
/// </summary>
public sealed class ConsumerChurnTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void No_partition_ever_has_two_owners_and_replay_gives_the_same_group(int seed)
    {
        var churn = new Churn(seed);
        for (int i = 0; i < 250; i++)
        {
            churn.Step();
        }

        churn.Settle();
    }

    private sealed class Churn(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly GroupHost _host = new();
        private readonly List<Client> _clients = [];
        private int _names;

        public void Step()
        {
            switch (_random.Next(22))
            {
                case 0 or 1 when _clients.Count < 8:
                    Add();
                    break;
                case 2 when _clients.Count > 0:
                    _clients.RemoveAt(_random.Next(_clients.Count));
                    break;
                case 3 when _clients.Count > 0:
                    Leave(Any());
                    break;
                case 4:
                    _host.Advance(TimeSpan.FromSeconds(_random.Next(30)));
                    break;
                case 5 when _random.Next(3) == 0:
                    _host.Restart();
                    break;
                case 6 when _random.Next(3) == 0:
                    _host.RestartFromSnapshot();
                    break;
                case 7:
                    ChangeTopics();
                    break;
                case 8 when _clients.Count > 0:
                    Commit(Any());
                    break;
                default:
                    if (_clients.Count > 0)
                    {
                        Beat(Any(), isFull: _random.Next(6) == 0, isLost: _random.Next(8) == 0);
                    }

                    break;
            }

            Check();
        }

        public void Settle()
        {
            if (_clients.Count == 0)
            {
                Add();
            }

            for (int round = 0; round < 20 || _host.Group.Consumer.State != GroupState.Stable; round++)
            {
                Assert.True(round < 200, $"The group does not settle; seed {seed}.");
                foreach (Client client in _clients)
                {
                    Beat(client, isFull: false, isLost: false);
                    Check();
                }

                _host.Advance(TimeSpan.FromSeconds(5));
            }

            // One of two clients that claim the same instance never gets in.
            Client[] members = [.. _clients.Where(client => client.Epoch > 0)];
            foreach (Topic topic in _host.Topics.All.Where(topic => members.Any(client => client.Topics.Contains(topic.Name) || (client.HasPattern && topic.Name.StartsWith('x')))))
            {
                for (int index = 0; index < topic.PartitionCount; index++)
                {
                    var partition = new PartitionId(topic.Id, index);
                    Assert.Single(_clients, client => client.Owned.Contains(partition));
                }
            }
        }

        private Client Any() => _clients[_random.Next(_clients.Count)];

        private void Add()
        {
            string? instance = _random.Next(3) == 0 ? $"i{_random.Next(3)}" : null;
            string[] topics = [.. new[] { "a", "b", "x1", "x2" }.Where(_ => _random.Next(2) == 0)];
            _clients.Add(new Client($"m{_names++}", instance, topics, HasPattern: _random.Next(4) == 0));
        }

        private void Leave(Client client)
        {
            bool isPause = client.Instance is not null && _random.Next(2) == 0;
            Send(client, new() { GroupId = "g", MemberId = client.Id, MemberEpoch = isPause ? -2 : -1, InstanceId = client.Instance }, isLost: false);
            _clients.Remove(client);
        }

        private void ChangeTopics()
        {
            string name = new[] { "a", "b", "x1", "x2" }[_random.Next(4)];
            if (!_host.Topics.TryFind(name, out Topic? topic))
            {
                _host.Topics.Create(name, _random.Next(1, 6));
            }
            else if (_random.Next(3) == 0)
            {
                _host.Topics.Do(_host.Topics.DecideDelete(name));
            }
            else
            {
                _host.Topics.Do(_host.Topics.DecideAddPartitions(name, topic.PartitionCount + 1, []));
            }

            if (_random.Next(5) > 0)
            {
                _host.Do(_host.Group.TopicsChanged);
            }
        }

        private void Commit(Client client)
        {
            ErrorCode? error = null;
            var commit = new CommitOffsets(client.Id, client.Epoch, client.Instance, 9, null, []);
            _host.Do(step => _host.Group.Commit(step, commit with { Offsets = [new OffsetToCommit(new PartitionId(new TopicId(Guid.Empty), 0), Offset.Zero, -1, "")] }, outcomes => error = outcomes[0]));
            ConsumerMember? member = _host.Group.Consumer.Members.Find(client.Id);
            Assert.Equal(member is null ? ErrorCode.UnknownMemberId : member.Position.Epoch == client.Epoch ? ErrorCode.None : ErrorCode.StaleMemberEpoch, error);
        }

        private void Beat(Client client, bool isFull, bool isLost)
        {
            bool isJoin = client.Epoch == 0;
            if (isJoin)
            {
                (client.Owned, client.Told) = (PartitionSet.Empty, PartitionSet.Empty);
            }

            // Sometimes it has done as it was told, and says so; sometimes it is busy.
            bool hasMoved = _random.Next(3) > 0;
            client.Owned = hasMoved ? client.Told : client.Owned;
            var request = new ConsumerGroupHeartbeatRequest
            {
                GroupId = "g",
                MemberId = client.Id,
                MemberEpoch = client.Epoch,
                InstanceId = client.Instance,
                Partitions = hasMoved || isFull || isJoin ? ToMessage(client.Owned) : null,
            };
            if (isFull || isJoin || client.HasLost)
            {
                request.RebalanceTimeoutMs = 60_000;
                request.SubscribedTopicNames = client.Topics;
                request.SubscribedTopicRegex = client.HasPattern ? "x.*" : null;
                request.Partitions = ToMessage(client.Owned);
            }

            Send(client, request, isLost);
        }

        private void Send(Client client, ConsumerGroupHeartbeatRequest request, bool isLost) => _host.Do(step => _host.Group.ConsumerHeartbeat(
            step, request, new GroupClient("c", "/1", 1), response =>
            {
                client.HasLost = isLost;
                if (isLost)
                {
                    return;
                }

                if (response.ErrorCode is ErrorCode.FencedMemberEpoch or ErrorCode.UnknownMemberId or ErrorCode.GroupIdNotFound or ErrorCode.UnreleasedInstanceId or ErrorCode.FencedInstanceId)
                {
                    (client.Epoch, client.Owned, client.Told) = (0, PartitionSet.Empty, PartitionSet.Empty);
                    return;
                }

                Assert.True(response.ErrorCode == ErrorCode.None, response.ErrorMessage);
                client.Epoch = response.MemberEpoch;
                client.Told = response.Assignment is null ? client.Told : ToSet(response.Assignment);

                // Given partitions are begun with at once; what is to be given up may take a while.
                client.Owned = client.Owned.Union(client.Told);
            }));

        private void Check()
        {
            ConsumerState.AssertDurable(_host);
            foreach (Client client in _clients.Where(client => client.Epoch > 0))
            {
                if (_host.Group.Consumer.Members.Find(client.Id) is { } member && !client.Owned.IsSubsetOf(member.Position.Assigned.Union(member.Position.PendingRevocation)))
                {
                    Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}: {client.Id} at {client.Epoch} has {client.Owned}, the group keeps {member.Position} for it."));
                }
            }
        }

        private static ConsumerGroupHeartbeatRequest.TopicPartitions[] ToMessage(PartitionSet partitions) =>
            [.. partitions.Topics.ToArray().Select(topic => new ConsumerGroupHeartbeatRequest.TopicPartitions { TopicId = topic.Topic.Value, Partitions = topic.Indexes })];

        private static PartitionSet ToSet(ConsumerGroupHeartbeatResponse.MemberAssignment assignment) =>
            PartitionSet.Of(assignment.TopicPartitions.Select(topic => new AssignedTopic(new TopicId(topic.TopicId), topic.Partitions)));
    }

    private sealed record Client(string Id, string? Instance, string[] Topics, bool HasPattern)
    {
        public int Epoch { get; set; }

        public bool HasLost { get; set; }

        public PartitionSet Owned { get; set; } = PartitionSet.Empty;

        public PartitionSet Told { get; set; } = PartitionSet.Empty;
    }
}
