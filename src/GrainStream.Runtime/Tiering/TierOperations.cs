using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Runs operations on partitions' segments and answers for their failures: a store that is away makes the partition rest and try again, another owner takes it
/// offline, and so does a broken rule. Thread-safe.
/// </summary>
internal sealed class TierOperations(TierServices services) : IAsyncDisposable
{
    private readonly OperationQueue _queue = new(services.Options.MaxConcurrentUploads);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Cancelled when the node gives up what is under way.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Operations that run now.</summary>
    public int Running => _queue.Running;

    /// <summary>Whether an operation runs on any partition of a topic.</summary>
    public bool IsBusy(TopicId topic) => _queue.IsBusy(topic);

    /// <summary>Runs an operation when it is its turn: one of a partition at a time, a few of the node.</summary>
    /// <param name="tier">The partition.</param>
    /// <param name="name">What it is, for people.</param>
    /// <param name="urgent">Before those that are not.</param>
    /// <param name="run">The operation.</param>
    public Task<TierOutcome> RunAsync(PartitionTier tier, string name, bool urgent, Func<CancellationToken, Task> run) =>
        _queue.RunAsync(tier, urgent, () => RunAsync(tier, name, run));

    /// <summary>Gives up what is under way, and starts nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        Task idle = _queue.CloseAsync();
        await _stopping.CancelAsync();
        await idle;
        _stopping.Dispose();
    }

    private async Task<TierOutcome> RunAsync(PartitionTier tier, string name, Func<CancellationToken, Task> run)
    {
        if (tier.Partition.Status != PartitionStatus.Open || _stopping.IsCancellationRequested)
        {
            return TierOutcome.Cancelled;
        }

        try
        {
            await run(_stopping.Token);
            tier.Succeeded();
            return TierOutcome.Done;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            tier.IsSettled = false;
            return TierOutcome.Cancelled;
        }
        catch (StorageUnavailableException cause) when (tier.Partition.Status == PartitionStatus.Open)
        {
            services.Health.Failed(cause);
            return Failed(tier, name);
        }
        catch (CorruptDataException cause)
        {
            if (tier.Failures == 0)
            {
                Partition partition = tier.Partition;
                TierLog.DataDamaged(services.Logger, partition.TopicName, partition.Id.Index, partition.Log.LeaderEpoch.Value, name, cause.Message);
            }

            return Failed(tier, name);
        }
        catch (Exception cause)
        {
            return tier.Partition.Status == PartitionStatus.Open ? Broken(tier, name, cause) : TierOutcome.Cancelled;
        }
    }

    private TierOutcome Failed(PartitionTier tier, string name)
    {
        services.Instruments.Failed(name);
        tier.Failed(services.Now);
        return TierOutcome.Failed;
    }

    // Its segments are another's, or nobody's to tell: whatever this node would still acknowledge might be lost.
    private TierOutcome Broken(PartitionTier tier, string name, Exception cause)
    {
        Partition partition = tier.Partition;
        int epoch = partition.Log.LeaderEpoch.Value;
        services.Instruments.Failed(name);
        if (cause is FencedException)
        {
            TierLog.PartitionFenced(services.Logger, partition.TopicName, partition.Id.Index, epoch, cause.Message);
        }
        else
        {
            TierLog.OperationBroken(services.Logger, partition.TopicName, partition.Id.Index, epoch, name, cause);
        }

        tier.IsSettled = false;
        partition.Post(new StopInput(PartitionStatus.Failed));
        return TierOutcome.Cancelled;
    }
}
