using GrainStream.Core.Groups;
using GrainStream.Core.Groups.Events;
using GrainStream.Core.Tests.Topics;
using GrainStream.Core.Topics;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Groups.Churn;

/// <summary>
/// One run: a storm of members that join, leave, die and stand still, of lost and late messages, and of coordinators that die; then calm, in which everything must come right.
/// What must hold is checked by <see cref="ChurnRecords"/> at each moment.
/// </summary>
internal sealed class ChurnRun
{
    private const int MostClients = 5;
    private static readonly TimeSpan Storm = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);
    private static readonly string[] Instances = ["shelf-1", "shelf-2", "shelf-3"];

    private readonly ChurnWorld _world;
    private readonly ChurnRecords _records;
    private readonly ChurnCoordinator _coordinator;
    private readonly TopicCatalog _topics = Catalogs.Empty();
    private readonly List<ChurnClient> _clients = [];
    private readonly ChurnProtocol _protocol;
    private readonly string[] _names;
    private int _started;

    private ChurnRun(int seed, ChurnProtocol protocol, List<string>? story)
    {
        _world = new ChurnWorld(seed, story);
        _records = new ChurnRecords(_world);
        _protocol = protocol;
        GroupConfig config = GroupConfig.Default with { InitialRebalanceDelay = TimeSpan.FromSeconds(_world.Random.Next(4)) };
        _coordinator = new ChurnCoordinator(_world, config, _topics, OnDurable);
        _names = _world.Chance(0.3) ? ["orders", "payments"] : ["orders"];
        foreach (string name in _names)
        {
            int partitions = _world.Random.Next(1, 7);
            _topics.Do(_topics.DecideCreate(new CreateTopic(name, new TopicId(_world.NewGuid())) { Partitions = partitions }));
            AddPartitions(name, 0, partitions);
        }
    }

    /// <summary>Null if all went well, else what went wrong.</summary>
    public static string? Play(int seed, ChurnProtocol protocol, List<string>? story = null)
    {
        var run = new ChurnRun(seed, protocol, story);
        try
        {
            return run.Play();
        }
        catch (Exception violation) when (violation is ChurnViolationException or InvariantViolationException)
        {
            return violation.Message;
        }
    }

    private string? Play()
    {
        Start();
        Start();
        _world.After(_world.Between(1, 10), Churn);
        _world.After(_world.Between(1, 10), Produce);
        _world.RunUntil(Storm);

        _world.Tell($"! the storm is over");
        _world.IsStormy = false;
        foreach (ChurnClient client in _clients)
        {
            client.Wake();
        }

        if (_clients.All(client => client.IsGone))
        {
            Start();
        }

        bool isRight = _world.RunUntil(Storm + Patience, IsRight);
        return isRight ? null
            : $"{Patience.TotalMinutes} minutes after the storm it has not come right. {_coordinator.Group.Overview}. {_records.Unfinished()}. Clients: {string.Join(", ", _clients.Where(client => !client.IsGone).Select(client => client.Story))}";
    }

    private bool IsRight() => _coordinator.IsUp
        && _records.IsAllDone
        && _coordinator.Group.Overview.State == GroupState.Stable
        && _coordinator.Group.Overview.Members == _clients.Count(client => !client.IsGone)
        && _clients.TrueForAll(client => client.IsGone || client.IsMember);

    private void OnDurable(IGroupEvent groupEvent)
    {
        if (groupEvent is OffsetsCommitted committed)
        {
            _records.Committed(committed);
        }
    }

    private void Produce()
    {
        if (_world.IsStormy)
        {
            foreach (PartitionId partition in _records.All.ToArray())
            {
                _records.Produce(partition, _world.Random.Next(20));
            }

            _world.After(_world.Between(5, 20), Produce);
        }
    }

    private void Churn()
    {
        if (!_world.IsStormy)
        {
            return;
        }

        ChurnClient[] alive = [.. _clients.Where(client => !client.IsGone)];
        ChurnClient? one = alive.Length == 0 ? null : alive[_world.Random.Next(alive.Length)];
        switch (_world.Random.Next(12))
        {
            case < 4:
                if (alive.Length < MostClients)
                {
                    Start();
                }

                break;
            case 4:
                one?.Leave();
                break;
            case 5:
                one?.Kill();
                break;
            case 6:
                one?.Pause(TimeSpan.FromMinutes(10));
                break;
            case 7 or 8:
                one?.Pause(_world.Between(1, 90));
                break;
            case 9:
                _coordinator.Crash(_world.Chance(0.5) ? TimeSpan.Zero : _world.Between(0.5, 20));
                break;
            case 10:
                _coordinator.Cut();
                break;
            default:
                Grow();
                break;
        }

        _world.After(_world.Between(1, 60), Churn);
    }

    private void Start()
    {
        string name = $"{(char)('a' + (_started % 26))}{_started++ / 26}";
        bool isConsumer = _protocol == ChurnProtocol.Consumer || (_protocol == ChurnProtocol.Migrating && _world.Chance(0.5));
        string? instance = !isConsumer && _protocol != ChurnProtocol.Migrating && _world.Chance(0.3) ? Instances[_world.Random.Next(Instances.Length)] : null;
        ChurnClient client = isConsumer
            ? new ConsumerChurnClient(_world, _coordinator, _records, name, _names)
            : new ClassicChurnClient(_world, _coordinator, _records, name, instance, _names, isCooperative: _protocol != ChurnProtocol.Eager);
        _clients.Add(client);
        client.Start();
    }

    private void Grow()
    {
        string name = _names[_world.Random.Next(_names.Length)];
        Assert.True(_topics.TryFind(name, out Topic? topic));
        if (topic.PartitionCount < 8)
        {
            _topics.Do(_topics.DecideAddPartitions(name, topic.PartitionCount + 1, []));
            AddPartitions(name, topic.PartitionCount, topic.PartitionCount + 1);
            _world.Tell($"{name} has {topic.PartitionCount + 1} partitions");
            _coordinator.TopicsChanged();
        }
    }

    private void AddPartitions(string name, int from, int to)
    {
        Assert.True(_topics.TryFind(name, out Topic? topic));
        for (int index = from; index < to; index++)
        {
            _records.Add(name, new PartitionId(topic.Id, index));
        }
    }
}
