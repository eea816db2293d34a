using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Reconciles a journal that has lost its end with the store: where segments reach beyond what the journal still knows, the partition goes on behind them.
/// Once, before anybody is served.
/// </summary>
internal sealed class CutJournal(TierServices services, PartitionTiers tiers)
{
    /// <summary>Reads the manifests of all partitions.</summary>
    /// <exception cref="StorageUnavailableException">The store or the journal does not answer: it is not known where partitions go on.</exception>
    /// <exception cref="CorruptDataException">A manifest is damaged.</exception>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        foreach (Partition partition in tiers.Partitions)
        {
            // One of another owner is dealt with when the partition's first segment is due: nothing of it is this node's.
            if (await services.Manifests.LoadAsync(partition.Id, cancellationToken) is not { Manifest: var manifest }
                || manifest.Owner != services.Identity.NodeId
                || manifest.End <= partition.Log.LogEndOffset)
            {
                continue;
            }

            Offset end = partition.Log.LogEndOffset;
            var input = new GoOnBehindSegmentsInput(manifest.LogStart, manifest.End);
            partition.Post(input);
            if (await input.Completion is not ErrorCode.None and var error)
            {
                throw new StorageUnavailableException($"The journal did not take the note that partition {partition.Id} goes on at offset {manifest.End}: {error}.");
            }

            TierLog.WentOnBehindSegments(services.Logger, partition.TopicName, partition.Id.Index, end.Value, manifest.End.Value);
        }
    }
}
