using GrainStream.Core.Groups;
using GrainStream.Core.Groups.Offsets;
using GrainStream.Core.Topics;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Groups.Churn;

/// <summary>
/// A consumer: it processes what it owns and then commits. Its process can stop for a while and go on as if nothing had been, or die. How it comes to own partitions is its protocol's business.
/// </summary>
internal abstract class ChurnClient(ChurnWorld world, ChurnCoordinator coordinator, ChurnRecords records, string name, string? instanceId)
{
    protected static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    // The first that members of the consumer protocol may use.
    private const short CommitVersion = 9;

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(3);

    // Offset to read next; null until the committed one has been asked for.
    private readonly SortedDictionary<string, (PartitionId Id, long? Position)> _owned = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _stints = new(StringComparer.Ordinal);
    private readonly HashSet<string> _uncommitted = [];
    private TimeSpan _pausedUntil;
    private TimeSpan _lastArrival;
    private bool _isCommitting;

    /// <summary>The process is gone, or has left the group.</summary>
    public bool IsGone { get; private set; }

    public bool IsPaused => world.Now < _pausedUntil;

    public string? InstanceId { get; } = instanceId;

    public string MemberId { get; protected set; } = "";

    /// <summary>Generation (classic) or member epoch (consumer); -1 before it knows one.</summary>
    public int Generation { get; protected set; } = -1;

    public string Story => $"{name} ({MemberId} in {Generation}{(IsGone ? ", gone" : "")}{(IsPaused ? ", paused" : "")})";

    /// <summary>The group would take its commits.</summary>
    public bool IsMember => coordinator.Members().TryGetValue(MemberId, out int generation)
        && (generation == Generation || coordinator.Group.Type == GroupType.Consumer);

    protected ChurnWorld World => world;

    protected ChurnCoordinator Coordinator => coordinator;

    protected GroupClient Client { get; init; } = new(name, $"/{name}", 9);

    protected IEnumerable<PartitionId> Owned => _owned.Values.Select(entry => entry.Id);

    /// <summary>Commits may be sent: the protocol is not in between.</summary>
    protected virtual bool CanCommit => Generation >= 0;

    public void Start()
    {
        world.Tell($"{name} starts{(InstanceId is null ? "" : $" as static {InstanceId}")}");
        Begin();
        world.After(world.Between(0, PollInterval.TotalSeconds), () => Run(Poll));
    }

    public void Pause(TimeSpan duration)
    {
        world.Tell($"! {Story} stops for {duration.TotalSeconds:0} s");
        _pausedUntil = world.Now + duration;
    }

    /// <summary>The storm is over: whoever stood still goes on now.</summary>
    public void Wake() => _pausedUntil = world.Now < _pausedUntil ? world.Now : _pausedUntil;

    /// <summary>The process dies.</summary>
    public void Kill()
    {
        world.Tell($"! {Story} is killed");
        End();
    }

    /// <summary>The process ends in good order.</summary>
    public void Leave()
    {
        if (!IsGone && !IsPaused)
        {
            world.Tell($"{Story} leaves");
            SayGoodbye();
            End();
        }
    }

    protected abstract void Begin();

    protected abstract void SayGoodbye();

    protected abstract void LookAround();

    /// <summary>The group has refused a commit: the member is not what it believes to be.</summary>
    protected abstract void CommitRefused(ErrorCode error);

    /// <summary>Goes on when the process does; not at all if it is gone.</summary>
    protected void Run(Action action)
    {
        if (IsPaused)
        {
            world.After(_pausedUntil - world.Now, () => Run(action));
        }
        else if (!IsGone)
        {
            action();
        }
    }

    protected void Later(TimeSpan delay, Action action) => world.After(delay, () => Run(action));

    /// <summary>A request over the client's one connection, so they arrive in order. Null: no answer.</summary>
    protected void Call<T>(Action<Group, GroupStep, Action<T>> serve, Action<T?> done, TimeSpan timeout)
        where T : class
    {
        bool isDone = false;
        void Finish(T? response) => Run(() =>
        {
            if (!isDone)
            {
                isDone = true;
                done(response);
            }
        });

        world.After(timeout, () => Finish(null));
        var request = new ChurnRequest(() => world.After(Latency(), () => Finish(null)));
        TimeSpan arrival = world.Now + Latency();
        _lastArrival = arrival > _lastArrival ? arrival : _lastArrival;
        if (world.Fault(0.005))
        {
            return;
        }

        world.After(_lastArrival - world.Now, () =>
        {
            if (!coordinator.IsUp)
            {
                request.Disconnect();
                return;
            }

            coordinator.Do(
                step => serve(coordinator.Group, step, response =>
                {
                    coordinator.Answered(request);
                    if (!world.Fault(0.01))
                    {
                        world.After(Latency(), () => Finish(response));
                    }
                }),
                request);
        });
    }

    protected void Own(PartitionId partition)
    {
        world.Tell($"{Story} owns {records.NameOf(partition)}");
        records.Own(this, partition);
        _owned[records.NameOf(partition)] = (partition, null);
        int stint = _stints.GetValueOrDefault(records.NameOf(partition)) + 1;
        _stints[records.NameOf(partition)] = stint;
        FetchOffset(partition, stint);
    }

    protected void Disown(PartitionId partition)
    {
        world.Tell($"{Story} gives up {records.NameOf(partition)}");
        records.Disown(this, partition);
        _owned.Remove(records.NameOf(partition));
        _uncommitted.Remove(records.NameOf(partition));
    }

    protected void DisownAll()
    {
        foreach (PartitionId partition in Owned.ToArray())
        {
            Disown(partition);
        }
    }

    /// <summary>Ends the process.</summary>
    protected void End()
    {
        DisownAll();
        IsGone = true;
    }

    protected int PartitionCount(string topic) => coordinator.Topics.TryFind(topic, out Topic? found) ? found.PartitionCount : 0;

    private TimeSpan Latency() => world.Fault(0.01) ? world.Between(1, 40) : world.Between(0.0005, 0.02);

    private void Poll()
    {
        foreach ((string partition, (PartitionId id, long? position)) in _owned.ToArray())
        {
            if (position is { } from && records.EndOf(id) > from)
            {
                long to = Math.Min(records.EndOf(id), from + world.Random.Next(1, 50));
                records.Process(id, from, to);
                _owned[partition] = (id, to);
                _uncommitted.Add(partition);
            }
        }

        Commit();
        LookAround();
        Later(PollInterval, Poll);
    }

    private void Commit()
    {
        if (_isCommitting || _uncommitted.Count == 0 || !CanCommit)
        {
            return;
        }

        OffsetToCommit[] offsets = [.. _owned.Where(entry => _uncommitted.Contains(entry.Key)).Select(entry => new OffsetToCommit(entry.Value.Id, new Offset(entry.Value.Position!.Value), -1, ""))];
        var commit = new CommitOffsets(MemberId, Generation, InstanceId, CommitVersion, null, offsets);
        _uncommitted.Clear();
        _isCommitting = true;
        Call<IReadOnlyList<ErrorCode>>((group, step, reply) => group.Commit(step, commit, reply), outcomes => Committed(commit, outcomes), RequestTimeout);
    }

    private void Committed(CommitOffsets commit, IReadOnlyList<ErrorCode>? outcomes)
    {
        _isCommitting = false;
        if (outcomes is not null && outcomes[0] == ErrorCode.None)
        {
            return;
        }

        // Once more with the next poll, for what it still owns.
        _uncommitted.UnionWith(commit.Offsets.Select(offset => records.NameOf(offset.Partition)).Where(partition => _owned.TryGetValue(partition, out var entry) && entry.Position is not null));
        if (outcomes is not null)
        {
            world.Tell($"{Story} commit as {commit.GenerationOrMemberEpoch}: {outcomes[0]}");
            if (commit.MemberId == MemberId && commit.GenerationOrMemberEpoch == Generation)
            {
                CommitRefused(outcomes[0]);
            }
        }
    }

    private void FetchOffset(PartitionId partition, int stint)
    {
        string key = records.NameOf(partition);
        Call<FetchedOffsets>(
            (group, step, reply) => group.FetchOffsets(step, new FetchOffsets([partition]), reply),
            fetched =>
            {
                // It may have lost the partition since, and got it again.
                if (!_owned.TryGetValue(key, out var entry) || entry.Position is not null || _stints[key] != stint)
                {
                    return;
                }

                if (fetched is { Error: ErrorCode.None })
                {
                    _owned[key] = (partition, fetched.Offsets[0].Committed?.Offset.Value ?? 0);
                }
                else
                {
                    Later(TimeSpan.FromSeconds(1), () => FetchOffset(partition, stint));
                }
            },
            RequestTimeout);
    }
}
