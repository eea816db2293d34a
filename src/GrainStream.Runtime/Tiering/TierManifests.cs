using System.Collections.Immutable;
using System.Security.Cryptography;
using GrainStream.Core.Log;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Partitions' manifests, agreed upon with the journal. Called by the operation whose turn it is on a partition, so that nobody else of this node changes
/// the manifest meanwhile.
/// </summary>
internal sealed class TierManifests(TierServices services)
{
    /// <summary>Makes a change one of its kind.</summary>
    public static EditStamp NewStamp() => new(Guid.NewGuid(), BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));

    /// <summary>
    /// The partition's manifest; null if it has none yet. The first time, and after a failure, the journal is told of what was committed last and perhaps never
    /// noted: T moves to the manifest's end.
    /// </summary>
    /// <exception cref="FencedException">The partition is another's.</exception>
    /// <exception cref="CorruptDataException">Journal and manifest contradict each other.</exception>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public async Task<LoadedManifest?> LoadAsync(PartitionTier tier, CancellationToken cancellationToken)
    {
        PartitionId id = tier.Partition.Id;
        if (tier.IsSettled)
        {
            return await services.Manifests.GetAsync(id, cancellationToken);
        }

        LoadedManifest? loaded = await services.Manifests.LoadAsync(id, cancellationToken);
        RequireAgreement(tier, loaded?.Manifest);
        if (loaded is not null)
        {
            await MarkTieredAsync(tier, loaded.Manifest.End);
            tier.Segments = SegmentSummary.Of(loaded.Manifest, tier.Segments);
        }

        tier.IsSettled = true;
        return loaded;
    }

    /// <summary>The manifest to add a segment to: made if there is none, its end raised to the log start if records beyond it were deleted.</summary>
    /// <inheritdoc cref="LoadAsync" path="/exception"/>
    public async Task<LoadedManifest> OpenAsync(PartitionTier tier, CancellationToken cancellationToken)
    {
        while (true)
        {
            LoadedManifest? loaded = await LoadAsync(tier, cancellationToken);
            ImmutableArray<EpochStart> epochs = EpochsOf(tier.Log);
            if (loaded is null)
            {
                EditStamp stamp = NewStamp();
                Offset start = await TailStartAsync(tier, cancellationToken);
                Manifest first = Manifest.Create(
                    tier.Partition.Id, services.Identity.NodeId, tier.Log.LeaderEpoch, start, epochs, stamp.OperationId);
                loaded = await CommitAsync(tier, null, new ManifestEdit(first, [], [], []), cancellationToken);
            }

            if (loaded is not null && tier.Log.LogStartOffset > loaded.Manifest.End)
            {
                Offset end = loaded.Manifest.End;
                loaded = await RaiseLogStartAsync(tier, loaded, cancellationToken);
                if (loaded?.Manifest.End == end)
                {
                    // The log starts within the first batch of the tail: the segment will have to begin with that.
                    return loaded;
                }
            }
            else if (loaded is not null)
            {
                return loaded;
            }
        }
    }

    /// <summary>Brings the manifest's log start up to the journal's, and has the segments deleted that go with it. Null: plan anew.</summary>
    /// <inheritdoc cref="LoadAsync" path="/exception"/>
    public async Task<LoadedManifest?> RaiseLogStartAsync(PartitionTier tier, LoadedManifest before, CancellationToken cancellationToken)
    {
        Offset logStart = tier.Log.LogStartOffset;
        if (logStart > before.Manifest.End)
        {
            logStart = await TailStartAsync(tier, cancellationToken);
            if (logStart <= before.Manifest.LogStart)
            {
                return before;
            }
        }

        IReadOnlyList<ManifestPage> pages = await services.Manifests.ReadPagesAsync(
            tier.Partition.Id, before.Manifest.PagesToRaiseLogStart(logStart), cancellationToken);
        return await CommitAsync(tier, before, before.Manifest.RaiseLogStart(logStart, EpochsOf(tier.Log), pages, NewStamp()), cancellationToken);
    }

    /// <summary>Stores a change; what it removes is deleted later. Null: an earlier run of this node had made another change, plan anew.</summary>
    /// <inheritdoc cref="LoadAsync" path="/exception"/>
    public async Task<LoadedManifest?> CommitAsync(PartitionTier tier, LoadedManifest? before, ManifestEdit edit, CancellationToken cancellationToken)
    {
        ManifestCommit commit = await services.Manifests.CommitAsync(before, edit, cancellationToken);
        if (!commit.IsCommitted)
        {
            tier.IsSettled = false;
            tier.MayHaveOrphans = true;
            return null;
        }

        tier.Segments = SegmentSummary.Of(commit.Current.Manifest, tier.Segments);
        services.Reaper.Add(tier.Partition.Id, edit.RemovedSegments, edit.RemovedPages);
        return commit.Current;
    }

    /// <summary>Tells the journal that everything below <paramref name="end"/> is in committed segments.</summary>
    /// <exception cref="StorageUnavailableException">The journal or the partition does not take it.</exception>
    public static async Task MarkTieredAsync(PartitionTier tier, Offset end)
    {
        if (tier.Log.TieredEnd >= end)
        {
            return;
        }

        var tiered = new TieredInput(end);
        tier.Partition.Post(tiered);
        if (await tiered.Completion is not ErrorCode.None and var error)
        {
            throw new StorageUnavailableException($"The journal did not take the note that partition {tier.Partition.Id} is tiered up to {end}: {error}.");
        }
    }

    /// <summary>Leader epochs as manifests keep them.</summary>
    public static ImmutableArray<EpochStart> EpochsOf(PartitionLog log) => [.. log.Epochs];

    /// <summary>
    /// Where a segment may begin when the log starts beyond all segments: with the batch that holds the log start, since batches are not cut in two.
    /// </summary>
    private async Task<Offset> TailStartAsync(PartitionTier tier, CancellationToken cancellationToken)
    {
        Offset highWatermark = tier.Log.HighWatermark;
        Offset start = tier.Log.TieredEnd;
        using var scan = new TailScan(services.Journal, tier.Partition, start, highWatermark);
        return start > Offset.Zero && await scan.LoadAsync(cancellationToken) && scan.TryRead(out RecordBatchHeader first, out _) && first.BaseOffset < start.Value
            ? new Offset(first.BaseOffset)
            : start;
    }

    // The journal is ahead in deleting, the manifest in tiering; anything else is another history.
    private void RequireAgreement(PartitionTier tier, Manifest? manifest)
    {
        PartitionLog log = tier.Log;
        Offset start = log.LogStartOffset;
        Offset tieredEnd = log.TieredEnd;
        if (manifest is null)
        {
            if (tieredEnd > start)
            {
                throw new CorruptDataException(
                    $"{services.Store.Location}: the manifest of partition {tier.Partition.Id} is missing, though its records [{start}, {tieredEnd}) " +
                    "should be there. Restore the store, or point GrainStream:Storage to the right one.");
            }

            return;
        }

        if (manifest.Owner != services.Identity.NodeId || manifest.Epoch > log.LeaderEpoch)
        {
            throw new FencedException(
                $"{services.Store.Location}: partition {tier.Partition.Id} belongs to node {manifest.Owner} in epoch {manifest.Epoch}; " +
                $"this is node {services.Identity.NodeId} in epoch {log.LeaderEpoch}.");
        }

        if (manifest.End > log.HighWatermark || manifest.LogStart > start)
        {
            throw new FencedException(
                $"{services.Store.Location}: the segments of partition {tier.Partition.Id} cover [{manifest.LogStart}, {manifest.End}), but this node's " +
                $"journal knows of [{start}, {log.LogEndOffset}) only: it is older than the store. Restore the journal that belongs to it.");
        }

        if (manifest.End < tieredEnd && tieredEnd > start)
        {
            throw new CorruptDataException(
                $"{services.Store.Location}: the segments of partition {tier.Partition.Id} end at offset {manifest.End}, though its records up to " +
                $"{tieredEnd} should be there. The store is older than this node's journal: restore it.");
        }
    }
}
