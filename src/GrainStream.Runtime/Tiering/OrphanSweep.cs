using System.Collections.Immutable;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Finds objects of a partition that its manifest does not name: left by a crash, or by an upload whose outcome was unknown. Reachability decides, never age:
/// the manifest is changed first, so that a put of an earlier run that is still on its way fails, and none can name what is deleted here.
/// </summary>
internal sealed class OrphanSweep(TierServices services, TierManifests manifests, TierOperations operations)
{
    /// <summary>Sweeps a partition when it is its turn.</summary>
    public Task<TierOutcome> SweepAsync(PartitionTier tier) =>
        operations.RunAsync(tier, "sweep", urgent: false, cancellationToken => SweepAsync(tier, cancellationToken));

    private async Task SweepAsync(PartitionTier tier, CancellationToken cancellationToken)
    {
        if (tier.IsCompacting)
        {
            // Asked here, where no pass can begin before the sweep is over: each begins with an operation of its own.
            return;
        }

        PartitionId id = tier.Partition.Id;
        LoadedManifest? manifest = await manifests.LoadAsync(tier, cancellationToken);
        if (manifest?.Manifest.LogStart < tier.Log.LogStartOffset)
        {
            manifest = await manifests.RaiseLogStartAsync(tier, manifest, cancellationToken);
        }

        if (manifest is not null)
        {
            manifest = await manifests.CommitAsync(tier, manifest, manifest.Manifest.Touch(TierManifests.NewStamp()), cancellationToken);
        }

        if (!tier.IsSettled)
        {
            // An earlier run's put came through just now: look again next time.
            return;
        }

        int orphans = 0;
        string? continuation = null;
        do
        {
            ObjectPage page = await services.Store.ListAsync(PartitionFolder.Of(id), false, continuation, cancellationToken);
            var unnamed = ImmutableArray.CreateBuilder<string>();
            foreach (StoredObject found in page.Objects)
            {
                if (await IsOrphanAsync(manifest?.Manifest, found.Name, cancellationToken))
                {
                    unnamed.Add(found.Name);
                }
            }

            orphans += unnamed.Count;

            // With the grace of all others: some may have been let go of a moment ago, and have readers.
            services.Reaper.Add(id, unnamed.ToImmutable());
            continuation = page.Continuation;
        }
        while (continuation is not null);
        (tier.MayHaveOrphans, tier.SweptAt) = (false, services.Now);
        if (orphans > 0)
        {
            TierLog.Swept(services.Logger, tier.Partition.TopicName, id.Index, tier.Log.LeaderEpoch.Value, orphans);
        }
    }

    // Names of another making are somebody else's business.
    private async ValueTask<bool> IsOrphanAsync(Manifest? manifest, string name, CancellationToken cancellationToken)
    {
        if (PageName.TryParse(name, out PageName page))
        {
            return manifest is null || !manifest.Pages.Any(known => PageName.Of(page.Partition, known) == page);
        }

        if (!SegmentName.TryParse(name, out SegmentName segment))
        {
            return false;
        }

        return manifest is null || await FindAsync(manifest, segment, cancellationToken) is not { } entry || SegmentName.Of(segment.Partition, entry) != segment;
    }

    private async ValueTask<SegmentEntry?> FindAsync(Manifest manifest, SegmentName name, CancellationToken cancellationToken)
    {
        int recent = manifest.FindRecent(name.BaseOffset);
        if (recent >= 0)
        {
            return manifest.Recent[recent];
        }

        int index = manifest.FindPage(name.BaseOffset);
        if (index < 0)
        {
            return null;
        }

        // Listed in order, so that the page is the one just read but for each 128th time.
        IReadOnlyList<ManifestPage> page = await services.Manifests.ReadPagesAsync(name.Partition, [manifest.Pages[index]], cancellationToken);
        int entry = page[0].Find(name.BaseOffset);
        return entry >= 0 ? page[0].Segments[entry] : null;
    }
}
