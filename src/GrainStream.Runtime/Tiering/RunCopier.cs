using System.Buffers;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading;

namespace GrainStream.Runtime.Tiering;

/// <summary>Reads the runs of a partition that lie where the journal is to be freed and are in no segment, so that they can be written again.</summary>
internal sealed class RunCopier(IJournal journal)
{
    /// <summary>What makes a partition independent of the journal below a position.</summary>
    /// <exception cref="CorruptDataException">A frame is damaged: the file that holds it must stay.</exception>
    /// <exception cref="StorageUnavailableException">The disk does not answer.</exception>
    public async Task<CheckpointInput> PrepareAsync(Partition partition, JournalPosition below, CancellationToken cancellationToken)
    {
        var copies = new List<RunToCopy>();
        Offset tieredEnd = partition.Log.TieredEnd;
        TailIndexSnapshot runs = partition.Log.Index.Snapshot();
        for (long run = runs.FirstRun; run < runs.EndRun; run++)
        {
            RunEntry entry = runs[run];
            bool isTiered = run + 1 < runs.EndRun && runs[run + 1].BaseOffset <= tieredEnd;
            if (entry.Start < below && !isTiered)
            {
                copies.Add(new RunToCopy(entry.BaseOffset, entry.Start, await ReadAsync(partition.Id, entry, cancellationToken)));
            }
        }

        return new CheckpointInput(below, copies);
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(PartitionId partition, RunEntry run, CancellationToken cancellationToken)
    {
        using var stretch = new JournalStretch(journal);
        if (!await stretch.LoadAsync(run.Start, run.End, run.End, cancellationToken) || stretch.End < run.End)
        {
            throw stretch.DamagedAt(run.Start);
        }

        return Collect(stretch, partition, run);
    }

    private static ReadOnlyMemory<byte> Collect(JournalStretch stretch, PartitionId partition, in RunEntry run)
    {
        var batches = new ArrayBufferWriter<byte>((int)Math.Max(1, run.Bytes));
        FrameWalker walker = stretch.Walk(run.Start, run.End, partition);
        while (walker.MoveNext())
        {
            batches.Write(walker.Batch);
        }

        return walker.IsDamaged || walker.Next < run.End ? throw stretch.DamagedAt(walker.Next) : batches.WrittenMemory;
    }
}
