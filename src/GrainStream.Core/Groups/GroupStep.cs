using GrainStream.Core.Groups.Events;
using GrainStream.Core.Topics;

namespace GrainStream.Core.Groups;

/// <summary>
/// The work that one input makes for a group: what the machine may know, and what must now happen.
/// <para>
/// Persist <see cref="Events"/>, as one batch, BEFORE <see cref="SendAnswers"/>: an answer must not show what a crash could take back. That counts for the events of
/// earlier steps too, since a step sees what they changed.
/// </para>
/// <para>Used by the thread that runs the group; one step for one input.</para>
/// </summary>
public sealed class GroupStep
{
    private readonly Group _group;
    private readonly Func<Guid> _newId;
    private List<IGroupEvent>? _events;
    private List<Action>? _answers;
    private List<Rebalance>? _rebalances;

    /// <param name="group">The machine that the step is for: emitted events are applied to it at once.</param>
    /// <param name="now">Wall clock, for what is stored.</param>
    /// <param name="clock">Monotonic time, for deadlines; its zero is the host's choice, the same for all steps of one machine.</param>
    /// <param name="config">Settings as they count now.</param>
    /// <param name="topics">The topics there are; only looked at.</param>
    /// <param name="newId">Where ids nobody has had come from.</param>
    public GroupStep(Group group, Timestamp now, TimeSpan clock, GroupConfig config, TopicCatalog topics, Func<Guid> newId)
    {
        _group = group;
        _newId = newId;
        Now = now;
        Clock = clock;
        Config = config;
        Topics = topics;
    }

    /// <summary>Wall clock, for what is stored. May jump.</summary>
    public Timestamp Now { get; }

    /// <summary>Monotonic time, for deadlines.</summary>
    public TimeSpan Clock { get; }

    /// <summary>Settings as they count now.</summary>
    public GroupConfig Config { get; }

    /// <summary>The topics there are.</summary>
    public TopicCatalog Topics { get; }

    /// <summary>To be persisted, all or none, in this order.</summary>
    public IReadOnlyList<IGroupEvent> Events => _events ?? (IReadOnlyList<IGroupEvent>)[];

    /// <summary>For the log and the metrics.</summary>
    public IReadOnlyList<Rebalance> Rebalances => _rebalances ?? (IReadOnlyList<Rebalance>)[];

    /// <summary>Whether <see cref="SendAnswers"/> has anything to send.</summary>
    public bool HasAnswers => _answers is not null;

    /// <summary>An id that nobody has had.</summary>
    public Guid NewId() => _newId();

    /// <summary>Records that something happened, and applies it to the group.</summary>
    public void Emit(IGroupEvent groupEvent)
    {
        (_events ??= []).Add(groupEvent);
        _group.Apply(groupEvent);
    }

    /// <summary>Answers a request, once what the group has become is on stable storage.</summary>
    public void Answer<T>(Action<T> reply, T response) => (_answers ??= []).Add(() => reply(response));

    /// <summary>Tells of a rebalance that is over.</summary>
    public void Report(Rebalance rebalance) => (_rebalances ??= []).Add(rebalance);

    /// <summary>Sends the answers, in order; each once, however often this is called.</summary>
    public void SendAnswers()
    {
        List<Action>? answers = _answers;
        _answers = null;
        foreach (Action answer in answers ?? [])
        {
            answer();
        }
    }
}
