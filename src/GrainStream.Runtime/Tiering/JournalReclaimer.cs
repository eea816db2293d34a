using GrainStream.Core.Log;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Groups;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Topics;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Frees the journal's oldest file: whoever needs it uploads its tail, or copies the little it has there to the journal's end, and writes down its state
/// anew; then nothing points into the file any more. One loop calls it.
/// </summary>
internal sealed class JournalReclaimer(TierServices services, PartitionTiers tiers, UploadPlanner uploads, RunCopier copier, TopicService topics, GroupDirectory groups)
{
    /// <summary>Checkpoints that may wait for the disk at a time: enough to share syncs, few enough to bound the copies in memory.</summary>
    private const int CheckpointsAtOnce = 64;

    private readonly HashSet<PartitionId> _reported = [];

    /// <summary>Frees the oldest file. False if it could not be: the store is away, or a partition that is offline needs it.</summary>
    public async Task<bool> FreeOldestFileAsync(CancellationToken cancellationToken)
    {
        JournalUsage usage = services.Journal.Usage;
        JournalPosition target = services.Journal.OldestFileEnd;
        if (target >= usage.End)
        {
            return false;
        }

        List<Needing> needing = Collect(target);
        GroupHost[] needingGroups = [.. groups.All.Where(group => group.Log.OldestPosition < target)];
        if (needing.Select(static found => found.Partition).Concat(needingGroups.Select(static group => group.Log))
            .FirstOrDefault(static partition => partition.Status == PartitionStatus.Failed) is { } offline)
        {
            // Its records are not given up, and it cannot copy them: said once for each.
            if (_reported.Add(offline.Id))
            {
                TierLog.OfflineNeedsFile(services.Logger, offline.TopicName, offline.Id.Index);
            }

            return false;
        }

        ReclaimStep[] steps = ReclaimPolicy.Plan([.. needing.Select(found => new ReclaimCandidate(found.Partition.Log.TailBytes, found.FileBytes))], usage.FileBytes);
        if (!await UploadAsync(needing, steps))
        {
            return false;
        }

        long copied = await CheckpointAsync(needing, target, cancellationToken);
        copied += await SnapshotAsync(needingGroups, target, cancellationToken);
        if (topics.OldestPosition < target)
        {
            await topics.SnapshotAsync();
        }

        // Asked again of all: what was collected above is a while ago, and the file must not go if anything at all points into it.
        JournalPosition lowest = tiers.Partitions.Concat(groups.All.Select(static group => group.Log)).Select(static partition => partition.OldestPosition)
            .Append(topics.OldestPosition).Min() is { } low && low < target ? low : target;
        int files = await services.Journal.TrimAsync(lowest);
        if (files == 0)
        {
            return false;
        }

        services.Instruments.Reclaimed(services.Journal.Start - usage.Start);
        services.Instruments.Copied(copied);
        TierLog.JournalFreed(
            services.Logger,
            services.Journal.Start.Value,
            files,
            steps.Count(step => step == ReclaimStep.Upload),
            steps.Count(step => step == ReclaimStep.Copy),
            copied,
            steps.Count(step => step == ReclaimStep.Checkpoint));
        return true;
    }

    private List<Needing> Collect(JournalPosition target)
    {
        List<Needing> needing = [];
        foreach (HostedTopic topic in tiers.Topics)
        {
            foreach (Partition partition in topic.Partitions)
            {
                if (partition.OldestPosition < target)
                {
                    needing.Add(new Needing(partition, topic.Topic.Config.SegmentBytes, UntieredBytesBelow(partition.Log, target)));
                }
            }
        }

        return needing;
    }

    private static long UntieredBytesBelow(PartitionLog log, JournalPosition target)
    {
        Offset tieredEnd = log.TieredEnd;
        TailIndexSnapshot runs = log.Index.Snapshot();
        long bytes = 0;
        for (long run = runs.FirstRun; run < runs.EndRun; run++)
        {
            RunEntry entry = runs[run];
            bool isTiered = run + 1 < runs.EndRun && runs[run + 1].BaseOffset <= tieredEnd;
            bytes += entry.Start < target && !isTiered ? entry.Bytes : 0;
        }

        return bytes;
    }

    private async Task<bool> UploadAsync(List<Needing> needing, ReclaimStep[] steps)
    {
        Task<TierOutcome>[] running =
        [
            .. needing.Where((_, i) => steps[i] == ReclaimStep.Upload)
                .Select(found => uploads.UploadAllAsync(tiers.Of(found.Partition), found.SegmentBytes, "journal")),
        ];
        return (await Task.WhenAll(running)).All(outcome => outcome == TierOutcome.Done);
    }

    private async Task<long> CheckpointAsync(IReadOnlyList<Needing> needing, JournalPosition target, CancellationToken cancellationToken)
    {
        long copied = 0;
        foreach (Needing[] together in needing.Chunk(CheckpointsAtOnce))
        {
            var writing = new List<Task>(together.Length);
            foreach (Needing found in together)
            {
                CheckpointInput input = await copier.PrepareAsync(found.Partition, target, cancellationToken);
                copied += input.Copies.Sum(static copy => (long)copy.Batches.Length);
                found.Partition.Post(input);
                writing.Add(input.Completion);
            }

            await Task.WhenAll(writing);
        }

        return copied;
    }

    /// <summary>Has groups say again at the journal's end what they are; of those whose machine is not there, the log is copied.</summary>
    private async Task<long> SnapshotAsync(GroupHost[] needing, JournalPosition target, CancellationToken cancellationToken)
    {
        long copied = 0;
        foreach (GroupHost[] together in needing.Chunk(CheckpointsAtOnce))
        {
            bool[] isCut = await Task.WhenAll(together.Select(static group => group.SnapshotAsync()));
            copied += await CheckpointAsync(
                [.. together.Where((_, i) => !isCut[i]).Select(static group => new Needing(group.Log, 0, 0))], target, cancellationToken);
        }

        return copied;
    }

    private readonly record struct Needing(Partition Partition, long SegmentBytes, long FileBytes);
}
