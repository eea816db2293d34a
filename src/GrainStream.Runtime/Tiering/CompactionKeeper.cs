using GrainStream.Core;
using GrainStream.Core.Log.Compaction;
using GrainStream.Core.Log.Tiering;
using GrainStream.Core.Topics.Configs;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Tiering.Compaction;
using GrainStream.Runtime.Topics;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Has partitions compacted whose time has come: one pass at a time on the whole node, which is all the pace there is. A pass runs beside uploads; only
/// the change of the manifest that makes it count waits for its turn on the partition.
/// </summary>
internal sealed class CompactionKeeper(TierServices services, PartitionTiers tiers, TierManifests manifests, TierOperations operations)
{
    /// <summary>How soon a partition without new segments is looked at again: by then lags may be over.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(30);

    private readonly Compactor _compactor = new(services.Store, services.Manifests, services.Options.Compaction, services.Time);

    /// <summary>Looks over all partitions and compacts those that are due. What fails is tried again with a later call.</summary>
    public async Task CompactAllAsync(CancellationToken cancellationToken)
    {
        foreach (HostedTopic topic in tiers.Topics)
        {
            if (!topic.Topic.Config.IsCompacted)
            {
                continue;
            }

            foreach (Partition partition in topic.Partitions)
            {
                PartitionTier tier = tiers.Of(partition);
                if (IsWorthALook(tier))
                {
                    await TryCompactAsync(tier, topic.Topic.Config, cancellationToken);
                }
            }
        }
    }

    private bool IsWorthALook(PartitionTier tier)
    {
        Offset tieredEnd = tier.Log.TieredEnd;
        return tier.Partition.Status == PartitionStatus.Open
            && tieredEnd > tier.Log.LogStartOffset
            && !tier.IsResting(services.Now)
            && (tieredEnd > tier.CompactionSeenEnd || services.Now.UnixMs - tier.CompactionSeenAt.UnixMs >= LookAgain.TotalMilliseconds);
    }

    private async Task TryCompactAsync(PartitionTier tier, EffectiveTopicConfig config, CancellationToken cancellationToken)
    {
        (tier.CompactionSeenEnd, tier.CompactionSeenAt) = (tier.Log.TieredEnd, services.Now);
        tier.IsCompacting = true;
        try
        {
            while (await CompactAsync(tier, config, cancellationToken))
            {
                // Again, if the memory for keys did not reach for all of it.
            }
        }
        catch (Exception cause) when (cause is StorageUnavailableException or CorruptDataException && !cancellationToken.IsCancellationRequested)
        {
            tier.MayHaveOrphans = true;
            services.Health.Failed(cause);
            services.Instruments.Failed("compaction");
            TierLog.CycleFailed(services.Logger, $"Compaction of {tier.Partition.TopicName}-{tier.Partition.Id.Index}", cause);
        }
        finally
        {
            tier.IsCompacting = false;
        }
    }

    /// <summary>Makes one pass. True if it counts, and another may be due.</summary>
    private async Task<bool> CompactAsync(PartitionTier tier, EffectiveTopicConfig config, CancellationToken cancellationToken)
    {
        LoadedManifest? manifest = null;
        TierOutcome loaded = await operations.RunAsync(
            tier, "compaction", urgent: false, async cancellation => manifest = await manifests.LoadAsync(tier, cancellation));
        if (loaded != TierOutcome.Done || manifest is null)
        {
            return false;
        }

        var settings = new CompactionSettings(
            config.MinCompactionLagMs, config.MaxCompactionLagMs, config.MinCleanableDirtyRatio, config.DeleteRetentionMs);
        long segmentBytes = Math.Min(config.SegmentBytes, services.Options.MaxSegmentBytes);
        long started = services.Time.GetTimestamp();
        CompactionDraft? draft = await _compactor.PrepareAsync(
            manifest.Manifest, () => tier.Log.LogStartOffset, settings, segmentBytes, cancellationToken);
        if (draft is null)
        {
            return false;
        }

        bool isCommitted = false;
        TierOutcome outcome = await operations.RunAsync(
            tier, "compaction", urgent: false, async cancellation => isCommitted = await CommitAsync(tier, draft, cancellation));
        if (!isCommitted)
        {
            tier.MayHaveOrphans |= outcome != TierOutcome.Done;
            return false;
        }

        long before = draft.Replaced.Sum(static segment => segment.DataLength);
        long after = draft.Segments.Sum(static segment => segment.DataLength);
        TimeSpan took = services.Time.GetElapsedTime(started);
        services.Instruments.Compacted(before, after, took);
        Partition partition = tier.Partition;
        if (draft.Counts.UnreadableBatches > 0)
        {
            TierLog.Unreadable(
                services.Logger,
                partition.TopicName,
                partition.Id.Index,
                partition.Log.LeaderEpoch.Value,
                draft.Counts.UnreadableBatches,
                draft.Counts.FirstUnreadable.ToString());
        }

        TierLog.Compacted(
            services.Logger,
            partition.TopicName,
            partition.Id.Index,
            partition.Log.LeaderEpoch.Value,
            draft.CleanedEnd.Value,
            before,
            after,
            (long)took.TotalMilliseconds);
        return true;
    }

    private async Task<bool> CommitAsync(PartitionTier tier, CompactionDraft draft, CancellationToken cancellationToken)
    {
        LoadedManifest? current = await manifests.LoadAsync(tier, cancellationToken);
        ManifestEdit? edit = current is null
            ? null
            : await _compactor.EditAsync(current.Manifest, draft, TierManifests.NewStamp(), cancellationToken);
        if (edit is not null && await manifests.CommitAsync(tier, current, edit, cancellationToken) is not null)
        {
            return true;
        }

        // Retention was faster, or an earlier run of this node: nobody will ever name what was written.
        services.Reaper.Add(tier.Partition.Id, draft.Segments, []);
        return false;
    }
}
