using GrainStream.Core.Groups;
using GrainStream.Core.Groups.Events;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Tests.Groups.Churn;

/// <summary>
/// The host of the group: it writes each step's events a moment after the step, and only then sends the answers. A crash loses what was not written, all that waits, and the
/// machine; another is made from the log.
/// </summary>
internal sealed class ChurnCoordinator
{
    private const long StartMs = 1_700_000_000_000;

    private readonly ChurnWorld _world;
    private readonly GroupConfig _config;
    private readonly Action<IGroupEvent> _onDurable;
    private readonly HashSet<ChurnRequest> _open = [];
    private readonly Queue<GroupStep> _unwritten = new();
    private readonly List<byte[]> _log = [];
    private TimeSpan? _timer;
    private int _lives;

    public ChurnCoordinator(ChurnWorld world, GroupConfig config, TopicCatalog topics, Action<IGroupEvent> onDurable)
    {
        _world = world;
        _config = config;
        _onDurable = onDurable;
        Topics = topics;
        Group = new Group("g");
    }

    public Group Group { get; private set; }

    public TopicCatalog Topics { get; }

    public bool IsUp { get; private set; } = true;

    /// <summary>Members with their generations (classic) or epochs (consumer), as they are now.</summary>
    public Dictionary<string, int> Members()
    {
        GroupStep step = NewStep();
        return Group.Type == GroupType.Classic
            ? Group.Describe(step, version: 6).Members.ToDictionary(member => member.MemberId, _ => Group.Overview.Generation)
            : Group.DescribeConsumer(step, version: 1).Members.ToDictionary(member => member.MemberId, member => member.MemberEpoch);
    }

    /// <summary>Does one input. <paramref name="request"/> is told if the process dies before it is answered.</summary>
    public void Do(Action<GroupStep> input, ChurnRequest? request = null)
    {
        if (request is not null)
        {
            _open.Add(request);
        }

        GroupStep step = NewStep();
        input(step);
        foreach (Rebalance rebalance in step.Rebalances)
        {
            _world.Tell($"= {rebalance.Type} generation {rebalance.Generation}, {rebalance.MemberCount} members, because {rebalance.Reason}: {rebalance.MovesText()}");
        }

        _unwritten.Enqueue(step);
        int life = _lives;
        _world.After(_world.Between(0.001, 0.005), () => Write(life));
        ArmTimer();
    }

    public void Answered(ChurnRequest request) => _open.Remove(request);

    /// <summary>The process dies, or gives the machine up since it could not write; it is back after a while.</summary>
    public void Crash(TimeSpan downFor)
    {
        if (!IsUp)
        {
            return;
        }

        _world.Tell($"! the coordinator dies, with {_unwritten.Count} steps unwritten, for {downFor.TotalSeconds:0.0} s");
        _lives++;
        IsUp = false;
        _unwritten.Clear();
        foreach (ChurnRequest request in _open)
        {
            request.Disconnect();
        }

        _open.Clear();
        _world.After(downFor, Rebuild);
    }

    /// <summary>The log is cut to a snapshot, if all is written.</summary>
    public void Cut()
    {
        if (IsUp && _unwritten.Count == 0)
        {
            _log.Clear();
            _log.AddRange(GroupHost.Snapshot(Group));
        }
    }

    public void TopicsChanged()
    {
        if (IsUp)
        {
            Do(Group.TopicsChanged);
        }
    }

    private void Rebuild()
    {
        Group = new Group("g");
        foreach (byte[] value in _log)
        {
            Group.Apply(GroupHost.Decode(value));
        }

        IsUp = true;
        _timer = null;
        _world.Tell($"! the coordinator is back: {Group.Overview}");
        Do(Group.Begin);
        Do(Group.TopicsChanged);
    }

    private void Write(int life)
    {
        if (life != _lives)
        {
            return;
        }

        // In order, and one at a time: earlier ones are never overtaken.
        GroupStep step = _unwritten.Dequeue();
        foreach (IGroupEvent groupEvent in step.Events)
        {
            _log.Add(GroupHost.Encode(groupEvent));
            _onDurable(groupEvent);
        }

        step.SendAnswers();
    }

    private void ArmTimer()
    {
        if (Group.NextDeadline is { } deadline && (_timer is null || deadline < _timer))
        {
            _timer = deadline;
            int life = _lives;
            _world.After(deadline > _world.Now ? deadline - _world.Now : TimeSpan.Zero, () => Expire(life, deadline));
        }
    }

    private void Expire(int life, TimeSpan deadline)
    {
        if (life == _lives && _timer == deadline)
        {
            _timer = null;
            Do(Group.Expire);
        }
    }

    private GroupStep NewStep() =>
        new(Group, new Timestamp(StartMs + (long)_world.Now.TotalMilliseconds), _world.Now, _config, Topics, _world.NewGuid);
}
