using GrainStream.Core;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Topics;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Checks retention, deletes what nobody names any more, removes deleted topics, and sweeps. One loop, one thing after the other: none of it is urgent.
/// </summary>
internal sealed class Housekeeper : IAsyncDisposable
{
    /// <summary>When a partition is swept the first time after a start: soon, since a crash may have come before it, but behind the uploads.</summary>
    private static readonly TimeSpan FirstSweep = TimeSpan.FromMinutes(30);

    /// <summary>How soon a partition is swept that is known to have left something.</summary>
    private static readonly TimeSpan SweepAfterFailure = TimeSpan.FromMinutes(5);

    private readonly TierServices _services;
    private readonly PartitionTiers _tiers;
    private readonly TopicService _topics;
    private readonly RetentionKeeper _retention;
    private readonly OrphanSweep _sweep;
    private readonly TopicRemover _remover;
    private readonly WakeSignal _wake = new();
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Timestamp _started;
    private bool _hasLookedOver;

    public Housekeeper(TierServices services, PartitionTiers tiers, TierManifests manifests, TierOperations operations, TopicService topics)
    {
        _services = services;
        _tiers = tiers;
        _topics = topics;
        _started = services.Now;
        _retention = new RetentionKeeper(services, manifests, operations);
        _sweep = new OrphanSweep(services, manifests, operations);
        _remover = new TopicRemover(services, operations, topics);
        _timer = services.Time.CreateTimer(static signal => ((WakeSignal)signal!).Set(), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        topics.TopicDeleted += OnTopicDeleted;
    }

    /// <summary>Runs until disposed.</summary>
    public async Task RunAsync()
    {
        int failures = 0;
        Timestamp nextCheck = default;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                bool checkAll = _services.Now >= nextCheck;
                nextCheck = checkAll ? After(_topics.Catalog.Broker.RetentionCheckInterval) : nextCheck;
                await RunOnceAsync(checkAll);
                failures = 0;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (StorageUnavailableException cause)
            {
                // What was looked over costs little to look over again.
                _services.Health.Failed(cause);
                failures++;
                nextCheck = default;
            }

            _timer.Change(failures > 0 ? RetryPause.After(failures) : Pause(nextCheck), Timeout.InfiniteTimeSpan);
            await _wake.WaitAsync();
        }
    }

    /// <summary>Does what is due.</summary>
    /// <param name="checkAll">Look at every partition, too.</param>
    /// <exception cref="StorageUnavailableException">The store does not answer; the rest waits for the next time.</exception>
    public async Task RunOnceAsync(bool checkAll)
    {
        if (checkAll)
        {
            await CheckAllAsync();
        }

        await DeleteAsync();
    }

    /// <summary>Ends the loop; it has ended when <see cref="RunAsync"/> has.</summary>
    public async ValueTask DisposeAsync()
    {
        _topics.TopicDeleted -= OnTopicDeleted;
        await _stopping.CancelAsync();
        await _timer.DisposeAsync();
        _wake.Set();
    }

    private void OnTopicDeleted(TopicId topic)
    {
        _remover.Add(topic);
        _wake.Set();
    }

    private Timestamp After(TimeSpan span) => new((_services.Time.GetUtcNow() + span).ToUnixTimeMilliseconds());

    private TimeSpan Pause(Timestamp nextCheck)
    {
        long next = Math.Min(nextCheck.UnixMs, Math.Min(_services.Reaper.NextDue?.UnixMs ?? long.MaxValue, _remover.NextDue?.UnixMs ?? long.MaxValue));

        // A topic that is still busy stays due: it is asked for again a second later.
        return TimeSpan.FromMilliseconds(Math.Clamp(next - _services.Now.UnixMs, 1000, int.MaxValue));
    }

    private async Task CheckAllAsync()
    {
        if (!_hasLookedOver)
        {
            await _remover.LookOverAsync(_stopping.Token);
            _hasLookedOver = true;
        }

        foreach (HostedTopic topic in _tiers.Topics)
        {
            foreach (Partition partition in topic.Partitions)
            {
                _stopping.Token.ThrowIfCancellationRequested();
                if (partition.Log.LogEndOffset.Value == 0)
                {
                    continue;
                }

                PartitionTier tier = _tiers.Of(partition);
                await _retention.CheckAsync(tier, topic.Topic.Config);
                if (IsSweepDue(tier) && !tier.IsCompacting && !tier.IsResting(_services.Now))
                {
                    await _sweep.SweepAsync(tier);
                }
            }
        }
    }

    private bool IsSweepDue(PartitionTier tier)
    {
        Timestamp last = tier.SweptAt ?? _started;
        TimeSpan every = tier.MayHaveOrphans ? SweepAfterFailure
            : tier.SweptAt is not null || _services.Options.SweepInterval < FirstSweep ? _services.Options.SweepInterval
            : FirstSweep;

        // What was never tiered can have left nothing that a later sweep would not find.
        return (tier.MayHaveOrphans || tier.Log.TieredEnd.Value > 0) && _services.Now.UnixMs - last.UnixMs >= every.TotalMilliseconds;
    }

    private async Task DeleteAsync()
    {
        long deleted = await _services.Reaper.DeleteDueAsync(_services.Store, _stopping.Token);
        deleted += await _remover.RemoveDueAsync(_stopping.Token);
        if (deleted > 0)
        {
            _services.Instruments.ObjectsDeleted(deleted);
            _services.Health.Succeeded();
        }
    }
}
