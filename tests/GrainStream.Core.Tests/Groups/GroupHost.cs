using System.Buffers;
using GrainStream.Core.Groups;
using GrainStream.Core.Groups.Events;
using GrainStream.Core.Tests.Topics;
using GrainStream.Core.Topics;
using GrainStream.Protocol.Wire;

namespace GrainStream.Core.Tests.Groups;

/// <summary>What a host does for a group, on virtual time: steps, a log of encoded events, timers, restarts.</summary>
internal sealed class GroupHost
{
    private const long StartMs = 1_700_000_000_000;
    private const int MaxExpiriesAtOnce = 1000;
    private int _ids;

    public GroupHost(GroupConfig? config = null, TopicCatalog? topics = null, string id = "g")
    {
        Config = config ?? GroupConfig.Default with { InitialRebalanceDelay = TimeSpan.Zero };
        Topics = topics ?? Catalogs.Empty();
        Group = new Group(id);
    }

    public Group Group { get; private set; }

    public GroupConfig Config { get; set; }

    public TopicCatalog Topics { get; }

    /// <summary>Since the test began.</summary>
    public TimeSpan Clock { get; private set; }

    public Timestamp Now => new(StartMs + (long)Clock.TotalMilliseconds);

    /// <summary>The group's log: one value for each event.</summary>
    public List<byte[]> Log { get; } = [];

    public List<Rebalance> Rebalances { get; } = [];

    /// <summary>Told of each event when it is durable.</summary>
    public Action<IGroupEvent> OnEvent { get; set; } = _ => { };

    /// <summary>One input: its events are written, then its answers sent.</summary>
    public void Do(Action<GroupStep> input)
    {
        GroupStep step = NewStep();
        input(step);
        foreach (IGroupEvent groupEvent in step.Events)
        {
            Log.Add(Encode(groupEvent));
            OnEvent(groupEvent);
        }

        Rebalances.AddRange(step.Rebalances);
        step.SendAnswers();
    }

    /// <summary>Time goes by; what falls due is done when it does.</summary>
    public void Advance(TimeSpan by)
    {
        TimeSpan end = Clock + by;
        for (int i = 0; Group.NextDeadline is { } deadline && deadline <= end; i++)
        {
            i = deadline > Clock ? 0 : i;
            Assert.True(i < MaxExpiriesAtOnce, $"The group asks to be looked at again and again at {Clock}.");
            Clock = deadline > Clock ? deadline : Clock;
            Do(Group.Expire);
        }

        Clock = end;
    }

    /// <summary>The process dies and comes back: what is not in the log is lost, and nobody who waits is answered.</summary>
    public void Restart()
    {
        Group = Replay(Log);
        Do(Group.Begin);
    }

    /// <summary>As <see cref="Restart"/>, with a log that was cut to a snapshot before.</summary>
    public void RestartFromSnapshot()
    {
        byte[][] snapshot = Snapshot(Group);
        Log.Clear();
        Log.AddRange(snapshot);
        Restart();
    }

    public Group Replay(IEnumerable<byte[]> log)
    {
        var group = new Group(Group.Id);
        foreach (byte[] value in log)
        {
            group.Apply(Decode(value));
        }

        return group;
    }

    public static byte[][] Snapshot(Group group) => [.. group.Snapshot().Select(Encode)];

    public static byte[] Encode(IGroupEvent groupEvent)
    {
        using var writer = new KafkaWriter();
        GroupEventCodec.Encode(groupEvent, writer);
        return writer.WrittenSpan.ToArray();
    }

    public static IGroupEvent Decode(byte[] value)
    {
        Assert.True(GroupEventCodec.TryDecode(new ReadOnlySequence<byte>(value), out IGroupEvent? groupEvent, out string? error), error);
        return groupEvent;
    }

    private GroupStep NewStep() => new(Group, Now, Clock, Config, Topics, () => new Guid(0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(++_ids >> 8), (byte)_ids));
}
