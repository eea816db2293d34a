using GrainStream.Core.Log;
using GrainStream.Core.Log.Tiering;
using GrainStream.Core.Topics.Configs;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Lets go of what a topic's retention does not keep: the log start is raised in the journal first, then in the manifest, and the objects that it no longer
/// names are deleted after a grace. Also brings manifests up to a log start that DeleteRecords has raised.
/// </summary>
internal sealed class RetentionKeeper(TierServices services, TierManifests manifests, TierOperations operations)
{
    /// <summary>Checks a partition. Costs nothing where nothing can have become old or too much since the last look.</summary>
    public async Task CheckAsync(PartitionTier tier, EffectiveTopicConfig config)
    {
        if (tier.Partition.Status == PartitionStatus.Open && !tier.IsResting(services.Now) && MayHaveWork(tier, config))
        {
            await operations.RunAsync(tier, "retention", urgent: false, cancellationToken => RetainAsync(tier, config, cancellationToken));
        }
    }

    private static (long Ms, long Bytes) LimitsOf(EffectiveTopicConfig config) =>
        config.IsDeleted ? (config.RetentionMs, config.RetentionBytes) : (-1, -1);

    private bool MayHaveWork(PartitionTier tier, EffectiveTopicConfig config)
    {
        (long ms, long bytes) = LimitsOf(config);
        PartitionLog log = tier.Log;
        SegmentSummary? segments = tier.Segments;
        bool lags = segments is not null && segments.LogStart < log.LogStartOffset && segments.End > segments.LogStart;
        if (ms < 0 && bytes < 0)
        {
            return lags;
        }

        if (log.TieredEnd == log.LogStartOffset)
        {
            return lags || DecideTail(log, ms, bytes) > log.LogStartOffset;
        }

        return lags
            || segments?.Oldest is not { } oldest
            || oldest.EndOffset <= log.LogStartOffset
            || new RetentionScan(ms, bytes, segments.DataBytes + log.TailBytes, services.Now).Removes(oldest.DataLength, oldest.MaxTimestamp, oldest.WrittenAt);
    }

    private Offset DecideTail(PartitionLog log, long ms, long bytes) =>
        log.DecideRetention(new RetentionScan(ms, bytes, 0, services.Now).CutoffMs, bytes < 0 ? long.MaxValue : bytes);

    private async Task RetainAsync(PartitionTier tier, EffectiveTopicConfig config, CancellationToken cancellationToken)
    {
        (long ms, long bytes) = LimitsOf(config);
        PartitionLog log = tier.Log;
        LoadedManifest? manifest = await manifests.LoadAsync(tier, cancellationToken);
        Offset before = log.LogStartOffset;
        (Offset start, int segments, SegmentEntry? oldest) = await DecideAsync(tier, manifest?.Manifest, ms, bytes, cancellationToken);
        if (start >= log.TieredEnd)
        {
            Offset tail = DecideTail(log, ms, bytes);
            start = tail > start ? tail : start;
        }

        if (start > before)
        {
            var raise = new DeleteRecordsInput(start.Value);
            tier.Partition.Post(raise);
            if ((await raise.Completion).Error is not ErrorCode.None and var error)
            {
                throw new StorageUnavailableException($"The journal did not take the new log start {start} of partition {tier.Partition.Id}: {error}.");
            }

            Partition partition = tier.Partition;
            TierLog.Retained(services.Logger, partition.TopicName, partition.Id.Index, log.LeaderEpoch.Value, start.Value, segments);
        }

        if (manifest is not null && manifest.Manifest.LogStart < log.LogStartOffset)
        {
            manifest = await manifests.RaiseLogStartAsync(tier, manifest, cancellationToken);
        }

        if (manifest is not null)
        {
            tier.Segments = SegmentSummary.Of(manifest.Manifest, tier.Segments) with { Oldest = oldest };
        }
    }

    /// <summary>Where segments say that the log should start; how many go, and the oldest one that stays.</summary>
    private async Task<(Offset Start, int Removed, SegmentEntry? Oldest)> DecideAsync(
        PartitionTier tier, Manifest? manifest, long ms, long bytes, CancellationToken cancellationToken)
    {
        Offset start = tier.Log.LogStartOffset;
        if (manifest is null)
        {
            return (start, 0, null);
        }

        var scan = new RetentionScan(ms, bytes, manifest.DataBytes + tier.Log.TailBytes, services.Now);
        int removed = 0;
        foreach (PageRef page in manifest.Pages)
        {
            if (page.EndOffset > start)
            {
                IReadOnlyList<ManifestPage> read = await services.Manifests.ReadPagesAsync(tier.Partition.Id, [page], cancellationToken);
                foreach (SegmentEntry segment in read[0].Segments)
                {
                    if (!Goes(segment))
                    {
                        return (start, removed, segment);
                    }
                }
            }
        }

        foreach (SegmentEntry segment in manifest.Recent)
        {
            if (!Goes(segment))
            {
                return (start, removed, segment);
            }
        }

        return (start, removed, null);

        bool Goes(in SegmentEntry segment)
        {
            if (segment.EndOffset <= tier.Log.LogStartOffset)
            {
                return true;
            }

            if (!scan.Removes(segment.DataLength, segment.MaxTimestamp, segment.WrittenAt))
            {
                return false;
            }

            start = segment.EndOffset;
            removed++;
            return true;
        }
    }
}
