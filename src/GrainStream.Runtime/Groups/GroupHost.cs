using GrainStream.Core.Groups;
using GrainStream.Core.Log;
using GrainStream.Core.Log.Tiering;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Topics;

namespace GrainStream.Runtime.Groups;

/// <summary>
/// One group at work: runs its machine on the loop of its log, appends what a step emits as one batch, and sends a step's answers when all that the machine
/// had applied by then is on stable storage.
/// <code>
///  Unloaded --(asked for)--> Loading --(log read)--> Serving --(deleted, forgotten)--> Deleting --> Ended
///                               ^  |                    |                                             ^
///                               |  +--(cannot be read)--+--(events refused, machine broken)           +-- the node stops
///                               |                       v
///                               +--(asked, pause over)- Failed
/// </code>
/// There is one way back from every failure: the machine is dropped and rebuilt from its log. Everything private is of the loop.
/// </summary>
internal sealed class GroupHost : IAsyncDisposable
{
    private static readonly AppendRules Rules = AppendRules.Default with { MaxMessageBytes = int.MaxValue };

    private readonly GroupServices _services;
    private readonly GroupSnapshots _snapshots;
    private readonly GroupTimer _timer;
    private readonly GroupQueue _queue = new();
    private Group? _machine;
    private GroupPhase _phase;
    private int _failures;
    private TimeSpan _retryAt;
    private bool _mayForget;
    private Task _work = Task.CompletedTask;

    /// <summary>The group of a log that has been replayed; its machine is not there yet.</summary>
    public GroupHost(RegisteredGroup group, GroupServices services, PartitionReplay? replayed)
    {
        _services = services;
        Name = group.Name;
        Log = new Partition(group.Log, group.LogName, Rules, services.Partitions, replayed);
        Log.WhenStopped(OnStopped);
        Log.BeginServing(Broker.FirstEpoch);
        _snapshots = new GroupSnapshots(Log, services);
        _timer = new GroupTimer(services, () => Log.Post(new GroupTask(OnTimer)));
    }

    /// <summary>The group's name.</summary>
    public string Name { get; }

    /// <summary>Its log.</summary>
    public Partition Log { get; }

    /// <summary>The machine, for what any thread may read of it; null while there is none.</summary>
    public Group? Machine => Volatile.Read(ref _machine);

    /// <summary>Hands in an input. A request is answered in any case.</summary>
    public void Post(GroupInput input) => Log.Post(input);

    /// <summary>Loads the group if nobody has asked for it yet.</summary>
    /// <returns>Completes when it is there, or is known not to come.</returns>
    public Task LoadAsync()
    {
        var request = new GroupRequest<bool>(this, static (_, step, reply) => step.Answer(reply, true));
        Post(request);
        return request.Completion;
    }

    /// <summary>Forgets offsets that nobody needs any more, and then the group if it has nothing left.</summary>
    public void ExpireOffsets() => Post(new GroupSignal(this, (group, step) =>
    {
        int before = group.CommittedOffsets.Count;
        group.ExpireOffsets(step);
        _services.Instruments.OffsetsExpired(before - group.CommittedOffsets.Count);
        _mayForget = true;
    }));

    /// <summary>
    /// Says all of the group again at its log's end and cuts the log there, so that it needs nothing of the journal from before. False if the machine is not there; then,
    /// or if the journal refuses, nothing has changed.
    /// </summary>
    public Task<bool> SnapshotAsync()
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Log.Post(new GroupTask(() =>
        {
            if (_phase == GroupPhase.Serving)
            {
                _snapshots.Take(_machine!, done.SetResult);
            }
            else
            {
                done.SetResult(false);
            }
        }));
        return done.Task;
    }

    /// <summary>The catalogue has let go of the group. Any thread.</summary>
    public void Delete() => Log.Post(new StopInput(PartitionStatus.Deleted));

    /// <summary>Ends the group's service on this node: whoever waits is told to look for the coordinator again.</summary>
    public async ValueTask DisposeAsync()
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Log.Post(new GroupTask(() => End(answered.SetResult)));
        await answered.Task;
        await _work;
        await _timer.DisposeAsync();
    }

    /// <summary>Deals with an input according to the phase. On the loop.</summary>
    internal void Take(GroupInput input)
    {
        if (_phase == GroupPhase.Serving)
        {
            Serve(input);
        }
        else if (!input.IsRequest)
        {
            // It will look at everything anew when it is loaded.
            return;
        }
        else if (_phase is GroupPhase.Loading or GroupPhase.Deleting)
        {
            _queue.Wait(input);
        }
        else if (_phase == GroupPhase.Unloaded || (_phase == GroupPhase.Failed && _services.Clock >= _retryAt))
        {
            _queue.Wait(input);
            _phase = GroupPhase.Loading;
            Log.WhenDurable(Load);
        }
        else
        {
            input.Fail(ErrorCode.CoordinatorNotAvailable, isGone: false);
        }
    }

    /// <summary>An input needs no answer any more. On the loop.</summary>
    internal void Answered(GroupInput input) => _queue.Close(input);

    /// <summary>The machine has said that the group may go: the catalogue is asked to let go of it. On the loop.</summary>
    /// <param name="request">Answered when that is done; null if nobody asked.</param>
    internal void BeginDeleting(GroupDeletion? request)
    {
        if (request is not null)
        {
            // What the end of the log says to the others is not what it says to this one.
            _queue.Close(request);
        }

        _phase = GroupPhase.Deleting;
        _work = DeleteAsync(request);
    }

    private void Serve(GroupInput input)
    {
        if (input.IsRequest)
        {
            _queue.Open(input);
        }

        Step(input.Run);
    }

    private void Step(Action<Group, GroupStep> act)
    {
        Group machine = _machine!;
        var step = new GroupStep(machine, _services.Now, _services.Clock, _services.Config, _services.Catalog, Guid.NewGuid);
        try
        {
            act(machine, step);
        }
        catch (Exception failure)
        {
            // Nothing of the step is in the log, so that the log still tells the truth.
            GroupLog.MachineFailed(_services.Logger, Name, failure);
            GiveUp();
            return;
        }

        if (step.Events.Count > 0)
        {
            JournalAppendStatus status = GroupBatches.Append(Log, step.Events, step.Now, error => Release(step, error), out int bytes);
            if (status != JournalAppendStatus.Appended)
            {
                GroupLog.EventsRefused(_services.Logger, Name, status);
                GiveUp();
                return;
            }

            _failures = 0;
            _snapshots.Appended(bytes);
        }
        else if (step.HasAnswers)
        {
            Log.WhenDurable(error => Release(step, error));
        }

        Settle(machine, step);
    }

    private void Settle(Group machine, GroupStep step)
    {
        foreach (Rebalance rebalance in step.Rebalances)
        {
            GroupLog.Rebalanced(_services.Logger, Name, rebalance);
            _services.Instruments.Rebalanced(rebalance);
        }

        if (machine.IsDead)
        {
            // From here to the end of the log whoever comes waits.
            _phase = GroupPhase.Deleting;
            return;
        }

        bool isForgettable = _mayForget && _queue.IsIdle && machine.IsForgettable;
        _mayForget = false;
        if (isForgettable)
        {
            BeginDeleting(null);
            return;
        }

        if (machine.NextDeadline is { } deadline)
        {
            _timer.Set(deadline);
        }

        if (_snapshots.IsDue)
        {
            _snapshots.Take(machine, static _ => { });
        }
    }

    private static void Release(GroupStep step, ErrorCode error)
    {
        // With an error the log has ended, and with it everybody is told so.
        if (error == ErrorCode.None)
        {
            step.SendAnswers();
        }
    }

    private void OnTimer()
    {
        _timer.Fired();
        if (_phase == GroupPhase.Serving)
        {
            Step(static (group, step) => group.Expire(step));
        }
    }

    /// <summary>Reads the log, all of which is on stable storage.</summary>
    private void Load(ErrorCode error)
    {
        if (error == ErrorCode.None && _phase == GroupPhase.Loading)
        {
            _work = ReadAsync();
        }
    }

    private async Task ReadAsync()
    {
        // Not on the thread that happens to run the loop: a log may be long.
        await Task.Yield();
        long started = _services.Time.GetTimestamp();
        LoadedGroup? loaded = null;
        Exception? failure = null;
        try
        {
            loaded = await GroupLoader.LoadAsync(Name, Log, _services.Reader, _services.Stopping);
            _services.Instruments.Loaded(_services.Time.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (_services.Stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception cause)
        {
            failure = cause;
        }

        Log.Post(new GroupTask(() => OnLoaded(loaded, failure)));
    }

    private void OnLoaded(LoadedGroup? loaded, Exception? failure)
    {
        if (_phase != GroupPhase.Loading)
        {
            return;
        }

        if (loaded is null)
        {
            GroupLog.LoadFailed(_services.Logger, Name, failure!);
            _failures++;
            Rest();
            return;
        }

        Volatile.Write(ref _machine, loaded.Machine);
        _phase = GroupPhase.Serving;
        _snapshots.Loaded(loaded);
        Step(static (group, step) => group.Begin(step));
        while (_phase == GroupPhase.Serving && _queue.TryTake(out GroupInput? input))
        {
            Serve(input);
        }
    }

    /// <summary>Drops the machine. The log is read again at once; after failures in a row, when somebody asks and the pause is over.</summary>
    private void GiveUp()
    {
        Volatile.Write(ref _machine, null);
        _mayForget = false;
        GroupInput[] open = _queue.TakeOpen();
        _failures++;
        _phase = GroupPhase.Loading;
        if (_failures > 1)
        {
            Rest();
        }

        // What earlier steps have answered is in the log: those get their answers first.
        Log.WhenDurable(error =>
        {
            GroupQueue.Refuse(open, isGone: false);
            Load(error);
        });
    }

    private void Rest()
    {
        _phase = GroupPhase.Failed;
        _retryAt = _services.Clock + RetryPause.After(Math.Max(1, _failures - 1));
        _queue.RefuseWaiting(isGone: false);
    }

    private async Task DeleteAsync(GroupDeletion? request)
    {
        CatalogOutcome outcome = await _services.Topics.ExecuteAsync(catalog => catalog.DecideDeleteGroup(Log.Id.Topic));
        Log.Post(new GroupTask(() =>
        {
            request?.Complete(outcome.Error == ErrorCode.None ? ErrorCode.None : ErrorCode.CoordinatorNotAvailable);
            if (outcome.Error != ErrorCode.None && _phase == GroupPhase.Deleting)
            {
                GiveUp();
            }
        }));
    }

    private void OnStopped(ErrorCode error)
    {
        bool isGone = Log.Status == PartitionStatus.Deleted;
        Volatile.Write(ref _machine, null);
        _phase = GroupPhase.Ended;
        GroupQueue.Refuse(_queue.TakeOpen(), isGone);
        _queue.RefuseWaiting(isGone);
        _timer.Dispose();
    }

    private void End(Action ended)
    {
        if (_phase == GroupPhase.Ended)
        {
            ended();
            return;
        }

        _phase = GroupPhase.Ended;
        _queue.RefuseWaiting(isGone: false);

        // Answers that wait for the disk come first.
        Log.WhenDurable(_ =>
        {
            GroupQueue.Refuse(_queue.TakeOpen(), isGone: false);
            ended();
        });
    }
}
