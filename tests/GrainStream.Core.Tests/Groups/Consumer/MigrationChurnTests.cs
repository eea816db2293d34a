using GrainStream.Core.Groups;
using GrainStream.Core.Groups.Consumer;
using GrainStream.Core.Tests.Topics;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>
/// Random clients of both protocols in one group, which changes its protocol with them, back and forth. The seed is in the test's name; a failing one reproduces. After every input
/// no two clients that the group has as members work on the same partition, and replay gives the same group. In the end the group settles, with every partition owned.
/// </summary>
public sealed class MigrationChurnTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Members_of_both_protocols_never_work_on_the_same_partition(int seed)
    {
        var churn = new Churn(seed);
        for (int i = 0; i < 300; i++)
        {
            churn.Step();
        }

        churn.Settle();
    }

    private sealed class Churn(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly GroupHost _host = NewHost();
        private readonly List<Client> _clients = [];
        private int _names;

        public void Step()
        {
            switch (_random.Next(24))
            {
                case 0 or 1 when _clients.Count < 6:
                    _clients.Add(new Client($"m{_names++}", IsClassic: _random.Next(2) == 0));
                    break;
                case 2 when _clients.Count > 0:
                    // It dies, and says nothing.
                    _clients.RemoveAt(_random.Next(_clients.Count));
                    break;
                case 3 when _clients.Count > 0:
                    Leave(_clients[_random.Next(_clients.Count)]);
                    break;
                case 4:
                    _host.Advance(TimeSpan.FromSeconds(_random.Next(20)));
                    break;
                case 5 when _random.Next(4) == 0:
                    _host.RestartFromSnapshot();
                    _clients.ForEach(client => client.StopsWaiting());
                    break;
                default:
                    if (_clients.Count > 0)
                    {
                        Act(_clients[_random.Next(_clients.Count)]);
                    }

                    break;
            }

            Check();
        }

        public void Settle()
        {
            if (_clients.Count == 0)
            {
                _clients.Add(new Client("last", IsClassic: true));
            }

            for (int round = 0; !IsSettled(); round++)
            {
                Assert.True(round < 300, $"The group does not settle; seed {seed}.");
                foreach (Client client in _clients)
                {
                    Act(client);
                    Act(client);
                    Check();
                }

                _host.Advance(TimeSpan.FromSeconds(2));
            }
        }

        private static GroupHost NewHost()
        {
            var host = new GroupHost();
            host.Topics.Create("a", 5);
            host.Topics.Create("b", 3);
            return host;
        }

        private bool IsSettled() => _host.Group.Overview.State == GroupState.Stable
            && _host.Group.Overview.Members == _clients.Count
            && _clients.TrueForAll(client => client.Stage == Stage.Member)
            && _clients.Sum(client => client.Owned.Count) == 8;

        private void Act(Client client)
        {
            if (client.IsWaiting)
            {
                return;
            }

            if (!client.IsClassic)
            {
                Beat(client);
            }
            else if (client.Stage == Stage.Outside)
            {
                Join(client);
            }
            else if (client.Stage == Stage.Joined)
            {
                Sync(client);
            }
            else
            {
                var request = new HeartbeatRequest { GroupId = "g", MemberId = client.Id, GenerationId = client.Epoch };
                _host.Do(step => _host.Group.Heartbeat(step, request, new GroupClient("c", "/1", 3), response => client.Heard(response.ErrorCode)));
            }
        }

        private void Leave(Client client)
        {
            if (client.IsClassic)
            {
                var request = new LeaveGroupRequest { GroupId = "g", Members = [new() { MemberId = client.Id }] };
                _host.Do(step => _host.Group.Leave(step, request, new GroupClient("c", "/1", 5), _ => { }));
            }
            else
            {
                var request = new ConsumerGroupHeartbeatRequest { GroupId = "g", MemberId = client.Id, MemberEpoch = -1 };
                _host.Do(step => _host.Group.ConsumerHeartbeat(step, request, new GroupClient("c", "/1", 1), _ => { }));
            }

            _clients.Remove(client);
        }

        private void Beat(Client client)
        {
            bool hasMoved = client.Epoch == 0 || _random.Next(3) > 0;
            client.Owned = hasMoved ? client.Told : client.Owned;
            var request = new ConsumerGroupHeartbeatRequest { GroupId = "g", MemberId = client.Id, MemberEpoch = client.Epoch, Partitions = hasMoved ? ToMessage(client.Owned) : null };
            if (client.Epoch == 0)
            {
                request.RebalanceTimeoutMs = 20_000;
                request.SubscribedTopicNames = ["a", "b"];
            }

            _host.Do(step => _host.Group.ConsumerHeartbeat(step, request, new GroupClient("c", "/1", 1), response =>
            {
                if (response.ErrorCode != ErrorCode.None)
                {
                    client.Drops();
                    return;
                }

                client.Epoch = response.MemberEpoch;
                client.Stage = Stage.Member;
                client.Told = response.Assignment is null ? client.Told : PartitionSet.Of(
                    response.Assignment.TopicPartitions.Select(topic => new AssignedTopic(new TopicId(topic.TopicId), topic.Partitions)));
                client.Owned = client.Owned.Union(client.Told);
            }));
        }

        private void Join(Client client)
        {
            // As the range assignor does: everything is given up before.
            client.Owned = PartitionSet.Empty;
            client.IsWaiting = true;
            int life = client.Life;
            var request = new JoinGroupRequest
            {
                GroupId = "g",
                MemberId = client.Id,
                ProtocolType = "consumer",
                SessionTimeoutMs = 15_000,
                RebalanceTimeoutMs = 20_000,
                Protocols = [new() { Name = "range", Metadata = EmbeddedConsumerCodec.Write(new ConsumerProtocolSubscription { Topics = ["a", "b"] }, version: 1) }],
            };
            _host.Do(step => _host.Group.Join(step, request, new GroupClient(client.Name, "/1", 5), response =>
            {
                if (life != client.Life)
                {
                    return;
                }

                client.IsWaiting = false;
                client.Id = response.ErrorCode is ErrorCode.None or ErrorCode.MemberIdRequired ? response.MemberId : response.ErrorCode == ErrorCode.UnknownMemberId ? "" : client.Id;
                client.Followers = response.Leader == response.MemberId ? [.. response.Members.Select(member => member.MemberId)] : [];
                (client.Epoch, client.Stage) = response.ErrorCode == ErrorCode.None ? (response.GenerationId, Stage.Joined) : (0, Stage.Outside);
            }));
        }

        private void Sync(Client client)
        {
            client.IsWaiting = true;
            int life = client.Life;
            var request = new SyncGroupRequest
            {
                GroupId = "g",
                MemberId = client.Id,
                GenerationId = client.Epoch,
                Assignments = [.. client.Followers.Select((member, place) => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = member, Assignment = Part(place, client.Followers.Length) })],
            };
            _host.Do(step => _host.Group.Sync(step, request, new GroupClient(client.Name, "/1", 3), response =>
            {
                if (life != client.Life)
                {
                    return;
                }

                client.IsWaiting = false;
                client.Heard(response.ErrorCode);
                if (response.ErrorCode == ErrorCode.None)
                {
                    client.Stage = Stage.Member;
                    Assert.True(EmbeddedSets.TryReadAssignment(response.Assignment, _host.Topics, out PartitionSet owned));
                    client.Owned = owned;
                }
            }));
        }

        private static byte[] Part(int place, int members) => EmbeddedConsumerCodec.Write(
            new ConsumerProtocolAssignment
            {
                AssignedPartitions =
                [
                    new() { Topic = "a", Partitions = [.. Enumerable.Range(0, 5).Where(index => index % members == place)] },
                    new() { Topic = "b", Partitions = [.. Enumerable.Range(0, 3).Where(index => index % members == place)] },
                ],
            },
            version: 1);

        private void Check()
        {
            ConsumerState.AssertDurable(_host);
            var owners = new Dictionary<PartitionId, string>();
            foreach (Client client in _clients.Where(IsMember))
            {
                foreach (PartitionId partition in client.Owned)
                {
                    Assert.True(owners.TryAdd(partition, client.Name), $"Seed {seed}: {owners.GetValueOrDefault(partition)} and {client.Name} both work on {partition}.");
                }
            }
        }

        private bool IsMember(Client client) => _host.Group.Type == GroupType.Consumer
            ? _host.Group.Consumer.Members.Find(client.Id)?.IsClassic == client.IsClassic
            : client.IsClassic && _host.Group.Classic.Members.Any(member => member.Id == client.Id);

        private static ConsumerGroupHeartbeatRequest.TopicPartitions[] ToMessage(PartitionSet partitions) =>
            [.. partitions.Topics.ToArray().Select(topic => new ConsumerGroupHeartbeatRequest.TopicPartitions { TopicId = topic.Topic.Value, Partitions = topic.Indexes })];
    }

    private enum Stage
    {
        Outside,
        Joined,
        Member,
    }

    private sealed class Client
    {
        public Client(string name, bool IsClassic)
        {
            Name = name;
            this.IsClassic = IsClassic;
            Id = IsClassic ? "" : name;
        }

        public string Name { get; }

        public bool IsClassic { get; }

        public string Id { get; set; }

        public int Epoch { get; set; }

        public Stage Stage { get; set; }

        public bool IsWaiting { get; set; }

        /// <summary>Answers to what it asked in a former life do not reach it.</summary>
        public int Life { get; private set; }

        public string[] Followers { get; set; } = [];

        public PartitionSet Owned { get; set; } = PartitionSet.Empty;

        public PartitionSet Told { get; set; } = PartitionSet.Empty;

        /// <summary>The broker died: what it waits for will not come.</summary>
        public void StopsWaiting()
        {
            Life++;
            Stage = IsWaiting ? Stage.Outside : Stage;
            IsWaiting = false;
        }

        public void Drops() => (Epoch, Stage, Owned, Told) = (0, Stage.Outside, PartitionSet.Empty, PartitionSet.Empty);

        /// <summary>What a classic client does about the outcome of a heartbeat or a sync.</summary>
        public void Heard(ErrorCode error)
        {
            if (error == ErrorCode.RebalanceInProgress)
            {
                Stage = Stage.Outside;
            }
            else if (error != ErrorCode.None)
            {
                Drops();
                Id = error == ErrorCode.UnknownMemberId ? "" : Id;
            }
        }
    }
}
