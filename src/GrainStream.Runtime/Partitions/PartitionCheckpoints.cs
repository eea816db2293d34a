using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Partitions;

/// <summary>
/// Writes one partition's checkpoints, and copies what they are to keep to the journal's head. On the partition's loop.
/// <code>
///  journal   | oldest file          | ...                    | head
///  before    | anchor  run 0  run 1 | run 2   run 3          |
///  after     | (may go)             | run 2   run 3          | copies of run 0 and 1, anchor: the checkpoint
/// </code>
/// </summary>
internal sealed class PartitionCheckpoints(Partition partition)
{
    private PendingCheckpoint? _pending;

    public Partition Partition { get; } = partition;

    private PartitionLog Log => Partition.Log;

    /// <summary>Copies the runs that are still wanted, writes the checkpoint, and completes the input when that is synced.</summary>
    public void Write(CheckpointInput input)
    {
        if (_pending is not null)
        {
            // Its copies were chosen from an index that the first one is about to replace.
            input.Complete(ErrorCode.KafkaStorageError);
            return;
        }

        // Before the first copy: no window of this index may go over copies, whatever becomes of the checkpoint.
        Log.Index.Seal();
        var copied = new List<TailRun>();
        foreach (RunToCopy copy in input.Copies.OrderBy(static copy => copy.BaseOffset))
        {
            if (IsWanted(copy) && !TryCopy(copy.Batches, copied))
            {
                input.Complete(ErrorCode.KafkaStorageError);
                return;
            }
        }

        Offset from = IndexNeededFrom(input.Below);
        Append(Log.CreateCheckpoint(copied, from), copied, from, input.Complete);
    }

    /// <summary>
    /// Cuts a coordinator's log: all of it is said again by the batch at <paramref name="snapshot"/>, the last one, which begins a run.
    /// </summary>
    public void WriteAfterSnapshot(Offset snapshot, Action<ErrorCode> complete)
    {
        if (_pending is not null)
        {
            complete(ErrorCode.KafkaStorageError);
            return;
        }

        PartitionCheckpoint whole = Log.CreateCheckpoint([], Log.TieredEnd);
        PartitionCheckpoint cut = whole with
        {
            LogStartOffset = snapshot,
            TieredEnd = snapshot,
            Runs = [.. whole.Runs.Where(run => run.EndOffset > snapshot)],
        };
        Append(cut, [], snapshot, complete);
    }

    /// <summary>The checkpoint is on stable storage: what it says holds for this node, too.</summary>
    public void TakeEffect(PendingCheckpoint checkpoint)
    {
        _pending = null;
        if (checkpoint.LogStartOffset > Log.LogStartOffset)
        {
            Log.ApplyLogStart(checkpoint.LogStartOffset);
        }

        Log.ReplaceRuns(checkpoint.Copied, checkpoint.IndexFrom);
        Partition.MoveAnchor(checkpoint.Position);
        checkpoint.Complete(ErrorCode.None);
    }

    private void Append(PartitionCheckpoint checkpoint, List<TailRun> copied, Offset indexFrom, Action<ErrorCode> complete)
    {
        var pending = new PendingCheckpoint(this, complete)
        {
            LogStartOffset = checkpoint.LogStartOffset,
            Copied = copied,
            IndexFrom = indexFrom,
        };
        byte[] payload = PartitionCheckpointCodec.Encode(checkpoint);
        JournalAppendStatus status = Partition.AppendFrame(
            FrameKind.Checkpoint, Log.LogEndOffset, payload, Crc32C.Compute(payload), pending, out JournalSlot slot);
        if (status != JournalAppendStatus.Appended)
        {
            // Copies without a checkpoint mean nothing.
            complete(ErrorCode.KafkaStorageError);
            return;
        }

        pending.Position = slot.Position;
        _pending = pending;
    }

    /// <summary>The index still has the run as it was read, and the bytes are all of its batches, undamaged.</summary>
    private bool IsWanted(in RunToCopy copy)
    {
        TailIndexSnapshot runs = Log.Index.Snapshot();
        if (!runs.TryFind(copy.BaseOffset, out long run) || runs[run].BaseOffset != copy.BaseOffset || runs[run].Start != copy.Start)
        {
            return false;
        }

        long end = run + 1 < runs.EndRun ? runs[run + 1].BaseOffset.Value : Log.LogEndOffset.Value;
        long next = copy.BaseOffset.Value;
        for (ReadOnlySpan<byte> rest = copy.Batches.Span; !rest.IsEmpty;)
        {
            if (!RecordBatchHeader.TryRead(rest, out RecordBatchHeader batch) || batch.BaseOffset != next || batch.TotalSize > rest.Length
                || Crc32C.Compute(rest[RecordBatchHeader.CrcCoverageStart..batch.TotalSize]) != batch.Crc)
            {
                return false;
            }

            next = batch.NextOffset;
            rest = rest[batch.TotalSize..];
        }

        return next == end;
    }

    /// <summary>Appends a run's batches that are not tiered. False if the journal refuses.</summary>
    private bool TryCopy(ReadOnlyMemory<byte> batches, List<TailRun> copied)
    {
        while (!batches.IsEmpty)
        {
            RecordBatchHeader.TryRead(batches.Span, out RecordBatchHeader batch);
            ReadOnlyMemory<byte> bytes = batches[..batch.TotalSize];
            batches = batches[batch.TotalSize..];
            if (batch.NextOffset <= Log.TieredEnd.Value)
            {
                continue;
            }

            uint crc = Crc32C.Combine(
                Crc32C.Compute(bytes.Span[..RecordBatchHeader.CrcCoverageStart]), batch.Crc, batch.TotalSize - RecordBatchHeader.CrcCoverageStart);
            JournalAppendStatus status = Partition.AppendFrame(
                FrameKind.BatchCopy, new Offset(batch.BaseOffset), bytes, crc, UnheardAppender.Instance, out JournalSlot slot);
            if (status != JournalAppendStatus.Appended)
            {
                return false;
            }

            Add(copied, batch, slot);
        }

        return true;
    }

    private static void Add(List<TailRun> copied, in RecordBatchHeader batch, JournalSlot slot)
    {
        JournalPosition end = slot.Position + FrameHeader.SizeOf(batch.TotalSize);
        if (copied.Count > 0
            && copied[^1] is var last
            && last.EndOffset.Value == batch.BaseOffset
            && last.Start >= slot.FileStart
            && end - last.Start <= TailIndex.MaxRunBytes)
        {
            copied[^1] = last with
            {
                EndOffset = new Offset(batch.NextOffset),
                End = end,
                MaxTimestamp = Math.Max(last.MaxTimestamp, batch.MaxTimestamp),
                Bytes = last.Bytes + batch.TotalSize,
            };
            return;
        }

        copied.Add(new TailRun(
            new Offset(batch.BaseOffset), new Offset(batch.NextOffset), slot.Position, end, batch.MaxTimestamp, batch.TotalSize));
    }

    /// <summary>Where the index must begin if nothing that is tiered is to be kept from below a position of the journal.</summary>
    private Offset IndexNeededFrom(JournalPosition below)
    {
        Offset tieredEnd = Log.TieredEnd;
        Offset from = Offset.Zero;
        foreach (TailRun run in Log.Index.Runs())
        {
            if (run.Start < below && run.BaseOffset < tieredEnd)
            {
                from = run.EndOffset < tieredEnd ? run.EndOffset : tieredEnd;
            }
        }

        return from;
    }
}
