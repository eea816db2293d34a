using GrainStream.Core;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Groups;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Topics;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Moves a node's log from its journal to the object store and frees what is no longer needed in both. Four loops, each with nothing to do on an idle node:
/// <code>
///  plan      which tails become segments now          woken by appended bytes, by age, by an upload that ended
///  reclaim   frees the oldest journal file            woken when the journal is more than 60 % full
///  keep      retention, deletions, sweeps             woken by its timer, by what falls due
///  compact   compacted topics                         woken by uploads that ended, by its timer
/// </code>
/// and <see cref="WaitForRoomAsync"/>, where producers wait while the journal is full.
/// </summary>
internal sealed class TieringService : IAsyncDisposable
{
    /// <summary>Producers' bytes after which the partitions are looked over: a fraction of a segment and of the journal's memory.</summary>
    private const long PlanBytes = 8L << 20;

    /// <summary>Longest time that appended bytes wait to be noticed. Ages are counted from then.</summary>
    private static readonly TimeSpan NoticeDelay = TimeSpan.FromSeconds(1);

    private readonly TierServices _services;
    private readonly TopicService _topics;
    private readonly PartitionTiers _tiers;
    private readonly TierOperations _operations;
    private readonly UploadPlanner _planner;
    private readonly JournalReclaimer _reclaimer;
    private readonly Housekeeper _housekeeper;
    private readonly CompactionKeeper _compaction;
    private readonly JournalGate _gate;
    private readonly WakeSignal _planWake = new();
    private readonly WakeSignal _reclaimWake = new();
    private readonly WakeSignal _compactWake = new();
    private readonly ITimer _planTimer;
    private readonly ITimer _reclaimTimer;
    private readonly ITimer _compactTimer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _roomCheckBytes;
    private Task _loops = Task.CompletedTask;
    private long _acceptedBytes;
    private long _plannedBytes;
    private long _roomCheckedBytes;
    private int _isNoticeDue;
    private int _isDisposed;
    private bool _isStarted;

    public TieringService(TierServices services, PartitionDirectory directory, GroupDirectory groups, TopicService topics)
    {
        _services = services;
        _topics = topics;
        _tiers = new PartitionTiers(directory);
        _operations = new TierOperations(services);
        var manifests = new TierManifests(services);
        _planner = new UploadPlanner(services, _tiers, new Uploader(services, manifests), _operations, OnUploaded);
        _reclaimer = new JournalReclaimer(services, _tiers, _planner, new RunCopier(services.Journal), topics, groups);
        _housekeeper = new Housekeeper(services, _tiers, manifests, _operations, topics);
        _compaction = new CompactionKeeper(services, _tiers, manifests, _operations);
        _gate = new JournalGate(services.Time, services.Instruments, services.Logger);
        _planTimer = TimerOf(_planWake);
        _reclaimTimer = TimerOf(_reclaimWake);
        _compactTimer = TimerOf(_compactWake);
        _roomCheckBytes = Math.Max(1, services.Journal.Usage.FileBytes / 64);
        services.Health.Recovered += HastenAll;
        services.Instruments.Observe(() => _tiers.UntieredBytes, () => services.Journal.Usage);
    }

    /// <summary>Completes, with the reason, when the store turns out to be another cluster's or tiering itself has failed: the node must stop.</summary>
    public Task<Exception> Failure => _failure.Task;

    /// <summary>
    /// Makes sure that the store is this cluster's and begins to work. A store that does not answer within <see cref="TieringOptions.StartLimit"/> is gone on
    /// trying for; nothing is uploaded before it is known whose it is.
    /// </summary>
    /// <exception cref="FencedException">The store belongs to another cluster.</exception>
    /// <exception cref="CorruptDataException">The store does not say whose it is.</exception>
    /// <exception cref="StorageUnavailableException">The journal may have lost its end, and the store, which would know, does not answer.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Exception? away = null;
        using (var limit = new CancellationTokenSource(_services.Options.StartLimit, _services.Time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken))
        {
            try
            {
                await ClaimAsync(either.Token);
            }
            catch (Exception cause) when (cause is StorageUnavailableException || (cause is OperationCanceledException && limit.IsCancellationRequested))
            {
                away = cause;
                TierLog.StoreAwayAtStart(_services.Logger, _services.Store.Location, cause.Message);
            }
        }

        if (_services.Options.JournalMayBeCut)
        {
            if (away is not null)
            {
                throw new StorageUnavailableException(
                    $"{_services.Store.Location} does not answer. After damage of the journal was accepted, it must be asked where partitions go on: start again when it is there.",
                    away);
            }

            await new CutJournal(_services, _tiers).ReconcileAsync(cancellationToken);
        }

        Volatile.Write(ref _isStarted, true);
        _loops = RunAsync(isClaimed: away is null);
    }

    /// <summary>Waits while the journal is full.</summary>
    /// <param name="bytes">What the caller is about to append.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public ValueTask WaitForRoomAsync(int bytes, CancellationToken cancellationToken)
    {
        long accepted = Interlocked.Add(ref _acceptedBytes, bytes);
        if (accepted - Volatile.Read(ref _plannedBytes) >= PlanBytes)
        {
            Volatile.Write(ref _plannedBytes, accepted);
            _planWake.Set();
        }
        else if (Volatile.Read(ref _isNoticeDue) == 0 && Interlocked.Exchange(ref _isNoticeDue, 1) == 0)
        {
            _planTimer.Change(NoticeDelay, Timeout.InfiniteTimeSpan);
        }

        if (accepted - Volatile.Read(ref _roomCheckedBytes) >= _roomCheckBytes)
        {
            Volatile.Write(ref _roomCheckedBytes, accepted);
            CheckRoom();
        }

        return _gate.IsClosed ? _gate.WaitAsync(cancellationToken) : ValueTask.CompletedTask;
    }

    /// <summary>Makes sure that the store is this cluster's. A step of its own, as the ones below, for who drives a node step by step.</summary>
    /// <inheritdoc cref="StartAsync" path="/exception"/>
    internal Task ClaimAsync(CancellationToken cancellationToken) =>
        new StoreMarker(_services.Store, _services.Identity.ClusterId).ClaimAsync(cancellationToken);

    /// <summary>Uploads what a partition has committed.</summary>
    internal Task<TierOutcome> UploadAsync(Partition partition) =>
        _planner.UploadAllAsync(_tiers.Of(partition), _tiers.ConfigOf(partition).SegmentBytes, "request");

    /// <summary>Frees the oldest journal file; false if it cannot be.</summary>
    internal async Task<bool> FreeOldestFileAsync()
    {
        try
        {
            return await _reclaimer.FreeOldestFileAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception cause) when (cause is StorageUnavailableException or CorruptDataException)
        {
            TierLog.CycleFailed(_services.Logger, "Freeing the journal's oldest file", cause);
            return false;
        }
    }

    /// <summary>Compacts what is due.</summary>
    internal Task CompactAsync(CancellationToken cancellationToken) => _compaction.CompactAllAsync(cancellationToken);

    /// <summary>Checks retention, sweeps, and deletes what is due.</summary>
    internal Task KeepHouseAsync() => _housekeeper.RunOnceAsync(checkAll: true);

    /// <summary>
    /// Stops: uploads the tails that are worth it, as long as that may take, and gives up the rest. Producers have been stopped before.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _gate.OpenForGood();
        await _planTimer.DisposeAsync();
        await _reclaimTimer.DisposeAsync();
        await _compactTimer.DisposeAsync();
        await UploadTailsAsync();
        await _stopping.CancelAsync();
        await _operations.DisposeAsync();
        _planWake.Set();
        _reclaimWake.Set();
        _compactWake.Set();
        await _housekeeper.DisposeAsync();
        await _loops;
        _stopping.Dispose();
        _services.Instruments.Dispose();
    }

    private ITimer TimerOf(WakeSignal wake) =>
        _services.Time.CreateTimer(static signal => ((WakeSignal)signal!).Set(), wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void OnUploaded()
    {
        _planWake.Set();
        _compactWake.Set();
    }

    private JournalRoom Room()
    {
        JournalUsage usage = _services.Journal.Usage;
        return new JournalRoom(usage.End - usage.Start, usage.CapacityBytes, usage.FileBytes);
    }

    private void CheckRoom()
    {
        JournalRoom room = Room();
        if (room.IsFull && Volatile.Read(ref _isStarted))
        {
            _gate.Close(room.UsedBytes, room.CapacityBytes);
        }
        else
        {
            _gate.Open();
        }

        if (room.MustReclaim)
        {
            _reclaimWake.Set();
        }
    }

    private void HastenAll()
    {
        foreach (PartitionTier tier in _tiers.Known)
        {
            tier.Hasten();
        }

        _planWake.Set();
        _reclaimWake.Set();
    }

    private async Task RunAsync(bool isClaimed)
    {
        if (!isClaimed && !await ClaimLaterAsync())
        {
            return;
        }

        await Task.WhenAll(WatchAsync(PlanAsync()), WatchAsync(ReclaimAsync()), WatchAsync(RunCompactionAsync()), WatchAsync(_housekeeper.RunAsync()));
    }

    // A loop that ends otherwise than by the node's stopping would be missed only when the disk is full.
    private async Task WatchAsync(Task loop)
    {
        try
        {
            await loop;
        }
        catch (Exception failure)
        {
            TierLog.LoopBroken(_services.Logger, failure);
            _failure.TrySetResult(failure);
        }
    }

    private async Task<bool> ClaimLaterAsync()
    {
        for (int failures = 1; ; failures++)
        {
            try
            {
                await Task.Delay(RetryPause.After(failures), _services.Time, _stopping.Token);
                await ClaimAsync(_stopping.Token);
                return true;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return false;
            }
            catch (StorageUnavailableException cause)
            {
                _services.Health.Failed(cause);
            }
            catch (IOException cause)
            {
                // Another cluster's store, or one that does not say: nothing may be written there, and the journal alone is not for ever.
                TierLog.Stopped(_services.Logger, cause.Message);
                _failure.TrySetResult(cause);
                return false;
            }
        }
    }

    private async Task PlanAsync()
    {
        long accepted = 0;
        while (!_stopping.IsCancellationRequested)
        {
            Volatile.Write(ref _isNoticeDue, 0);
            long before = accepted;
            accepted = Interlocked.Read(ref _acceptedBytes);
            Volatile.Write(ref _plannedBytes, accepted);
            Timestamp next = _planner.Plan(accepted - before);
            CheckRoom();
            if (next.UnixMs != long.MaxValue && Volatile.Read(ref _isNoticeDue) == 0)
            {
                long waitMs = Math.Clamp(next.UnixMs - _services.Now.UnixMs, 1, int.MaxValue);
                _planTimer.Change(TimeSpan.FromMilliseconds(waitMs), Timeout.InfiniteTimeSpan);
            }

            await _planWake.WaitAsync();
        }
    }

    private async Task ReclaimAsync()
    {
        int failures = 0;
        while (!_stopping.IsCancellationRequested)
        {
            if (!Room().MustReclaim)
            {
                failures = 0;
                await _reclaimWake.WaitAsync();
                continue;
            }

            if (await FreeOldestFileAsync())
            {
                failures = 0;
                CheckRoom();
                continue;
            }

            // Tried again when its time comes, and not each time that producers knock.
            failures++;
            if (!_stopping.IsCancellationRequested)
            {
                _reclaimTimer.Change(RetryPause.After(failures), Timeout.InfiniteTimeSpan);
                await _reclaimWake.WaitAsync();
            }
        }
    }

    private async Task RunCompactionAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _compaction.CompactAllAsync(_stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }

            _compactTimer.Change(_topics.Catalog.Broker.RetentionCheckInterval, Timeout.InfiniteTimeSpan);
            await _compactWake.WaitAsync();
        }
    }

    private async Task UploadTailsAsync()
    {
        if (_loops.IsCompleted || _services.Options.ShutdownLimit <= TimeSpan.Zero || _services.Health.IsFailing)
        {
            return;
        }

        Task<TierOutcome>[] uploads =
        [
            .. from topic in _tiers.Topics
               from partition in topic.Partitions
               where partition.Log.TailBytes >= _services.Options.ShutdownUploadBytes
               select _planner.UploadAllAsync(_tiers.Of(partition), topic.Topic.Config.SegmentBytes, "shutdown"),
        ];
        if (uploads.Length == 0)
        {
            return;
        }

        TierLog.UploadingTails(_services.Logger, uploads.Length);
        Task all = Task.WhenAll(uploads);
        using var limit = new CancellationTokenSource();
        Task late = Task.Delay(_services.Options.ShutdownLimit, _services.Time, limit.Token);
        await Task.WhenAny(all, late);
        await limit.CancelAsync();
    }
}
