using GrainStream.Core.Log;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Moves a partition's committed tail into segments: write and verify the segment, put it into the manifest, then tell the journal. A crash between any two of
/// these steps is harmless: a segment that no manifest names is swept, and what the journal was not told of it is told before the next upload.
/// </summary>
internal sealed class Uploader(TierServices services, TierManifests manifests)
{
    /// <summary>Room for a footer, so that a small segment goes in one block: producers, and 48 bytes for each 128 KiB.</summary>
    private const long FooterAllowance = 16 * 1024;

    /// <summary>Uploads what is ordered, as the operation whose turn it is on the partition.</summary>
    /// <exception cref="StorageUnavailableException">The store or the disk does not answer.</exception>
    /// <exception cref="CorruptDataException">Stored bytes are damaged.</exception>
    /// <exception cref="FencedException">The partition is another's.</exception>
    public async Task UploadAsync(PartitionTier tier, UploadOrder order, CancellationToken cancellationToken)
    {
        while (tier.Partition.Status == PartitionStatus.Open && tier.Log.TieredEnd < order.Until)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LoadedManifest manifest = await manifests.OpenAsync(tier, cancellationToken);
            if (manifest.Manifest.End >= order.Until)
            {
                return;
            }

            await UploadSegmentAsync(tier, manifest, order, cancellationToken);
        }
    }

    private async Task UploadSegmentAsync(PartitionTier tier, LoadedManifest manifest, UploadOrder order, CancellationToken cancellationToken)
    {
        long started = services.Time.GetTimestamp();
        Offset from = manifest.Manifest.End;
        if (await WriteAsync(tier, from, order.SegmentBytes, cancellationToken) is not { } segment)
        {
            return;
        }

        IReadOnlyList<ManifestPage> pages = await services.Manifests.ReadPagesAsync(
            tier.Partition.Id, manifest.Manifest.PagesToAppend(1), cancellationToken);
        ManifestEdit edit = manifest.Manifest.Append([segment], TierManifests.EpochsOf(tier.Log), pages, TierManifests.NewStamp());
        if (await manifests.CommitAsync(tier, manifest, edit, cancellationToken) is null)
        {
            return;
        }

        await TierManifests.MarkTieredAsync(tier, segment.EndOffset);
        TimeSpan took = services.Time.GetElapsedTime(started);
        services.Health.Succeeded();
        services.Instruments.SegmentUploaded(segment.Length, order.Reason, took);
        Partition partition = tier.Partition;
        TierLog.SegmentUploaded(
            services.Logger,
            partition.TopicName,
            partition.Id.Index,
            segment.Epoch.Value,
            from.Value,
            segment.EndOffset.Value,
            segment.Length,
            order.Reason,
            (long)took.TotalMilliseconds);
    }

    /// <summary>Writes one segment. Null if records were deleted beyond its beginning meanwhile: then it has to begin elsewhere.</summary>
    private async Task<SegmentEntry?> WriteAsync(PartitionTier tier, Offset from, long segmentBytes, CancellationToken cancellationToken)
    {
        PartitionLog log = tier.Log;
        Offset highWatermark = log.HighWatermark;
        LeaderEpoch epoch = log.LeaderEpoch;

        // Until the manifest names it, an object that was begun may stay behind.
        bool hadOrphans = tier.MayHaveOrphans;
        tier.MayHaveOrphans = true;
        using var scan = new TailScan(services.Journal, tier.Partition, from, highWatermark);
        SegmentWriter? writer = null;
        try
        {
            bool isFull = false;
            while (!isFull && await scan.LoadAsync(cancellationToken))
            {
                while (!isFull && scan.TryRead(out RecordBatchHeader header, out ReadOnlyMemory<byte> batch))
                {
                    if (writer is null)
                    {
                        if (header.BaseOffset != from.Value)
                        {
                            break;
                        }

                        long expected = Math.Min(segmentBytes, log.TailBytes) + FooterAllowance;
                        writer = await SegmentWriter.CreateAsync(
                            services.Store, tier.Partition.Id, from, epoch, expected, services.Time, cancellationToken);
                    }

                    isFull = writer.DataLength > 0 && writer.DataLength + batch.Length > segmentBytes;
                    if (!isFull)
                    {
                        await writer.AppendAsync(batch, cancellationToken);
                    }
                }

                if (writer is null)
                {
                    break;
                }
            }

            SegmentEntry? entry = writer is null ? null : await writer.CompleteAsync(writer.NextOffset, cancellationToken);
            tier.MayHaveOrphans = hadOrphans;
            return entry;
        }
        finally
        {
            if (writer is not null)
            {
                await writer.DisposeAsync();
            }
        }
    }
}
