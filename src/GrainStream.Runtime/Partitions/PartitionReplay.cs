using GrainStream.Core;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Partitions;

/// <summary>
/// One partition's log while it is rebuilt from the journal. The journal need not begin where the partition did: its frames count from its
/// <em>anchor</em> on, the batch at offset 0 or a checkpoint, whichever comes first; each later checkpoint is a new anchor.
/// </summary>
internal sealed class PartitionReplay(PartitionId id)
{
    private JournalPosition? _firstSkipped;

    public PartitionLog Log { get; } = new();

    /// <summary>The frame that the log is rebuilt from; null while there is none.</summary>
    public JournalPosition? Anchor { get; private set; }

    /// <summary>Where the journal file of the last batch begins.</summary>
    public JournalPosition FileStart { get; private set; }

    /// <summary>Takes in a frame of this partition.</summary>
    /// <exception cref="CorruptDataException">The frame does not follow from those before it.</exception>
    public void Replay(in FrameHeader frame, JournalPosition fileStart, ReadOnlySpan<byte> payload, Timestamp now)
    {
        switch (frame.Kind)
        {
            case FrameKind.Batch:
                ReplayBatch(frame, fileStart, payload, now);
                break;
            case FrameKind.LogStart when IsAnchored(frame):
                if (frame.BaseOffset < Log.LogStartOffset || frame.BaseOffset > Log.LogEndOffset)
                {
                    throw Damage(frame, $"moves the log start to {frame.BaseOffset}");
                }

                Log.ApplyLogStart(frame.BaseOffset);
                break;
            case FrameKind.Tiered when IsAnchored(frame):
                if (frame.BaseOffset < Log.TieredEnd || frame.BaseOffset > Log.LogEndOffset)
                {
                    throw Damage(frame, $"says that everything below offset {frame.BaseOffset} is in the object store");
                }

                Log.ApplyTiered(frame.BaseOffset);
                break;
            case FrameKind.BatchCopy when IsAnchored(frame):
                // Its meaning is the checkpoint's to give. No window of the index may go over it.
                Log.Index.Seal();
                break;
            case FrameKind.Checkpoint:
                ReplayCheckpoint(frame, payload, now);
                break;
            case FrameKind.LogStart or FrameKind.Tiered or FrameKind.BatchCopy:
                break;
            default:
                throw new CorruptDataException(
                    $"The journal holds a frame of unknown kind {(byte)frame.Kind} at position {frame.Position}. Was it written by a newer GrainStream?");
        }
    }

    /// <summary>The partition is live and the journal has been replayed whole.</summary>
    /// <exception cref="CorruptDataException">It has frames, but what they build on is missing.</exception>
    public void RequireAnchor(string topicName)
    {
        if (Anchor is null && _firstSkipped is { } position)
        {
            throw new CorruptDataException(
                $"Partition {topicName}-{id.Index} (topic id {id.Topic}) has frames in the journal, the first at position {position}, but neither its " +
                "first batch nor a checkpoint is there: journal files from before are missing. Restore them.");
        }
    }

    private void ReplayBatch(in FrameHeader frame, JournalPosition fileStart, ReadOnlySpan<byte> payload, Timestamp now)
    {
        if (!RecordBatchHeader.TryRead(payload, out RecordBatchHeader batch))
        {
            throw new CorruptDataException($"The journal's frame at position {frame.Position} of partition {id} holds no record batch.");
        }

        if (Anchor is null && batch.BaseOffset == 0)
        {
            Anchor = frame.Position;
        }

        if (!IsAnchored(frame))
        {
            return;
        }

        if (batch.BaseOffset != Log.LogEndOffset.Value || batch.NextOffset <= batch.BaseOffset)
        {
            throw Damage(frame, $"holds offsets [{batch.BaseOffset}, {batch.NextOffset})");
        }

        bool startsRun = fileStart != FileStart;
        FileStart = fileStart;
        Log.Apply(new AppendedBatch(
            batch, new LeaderEpoch(batch.PartitionLeaderEpoch), frame.Position, frame.TotalSize, startsRun, now));
    }

    private void ReplayCheckpoint(in FrameHeader frame, ReadOnlySpan<byte> payload, Timestamp now)
    {
        if (!PartitionCheckpointCodec.TryDecode(payload, out PartitionCheckpoint? checkpoint, out string? error))
        {
            throw new CorruptDataException(
                $"The checkpoint of partition {id} at the journal's position {frame.Position} cannot be read: {error}.");
        }

        if (Anchor is not null && !checkpoint.Continues(Log.LogStartOffset, Log.TieredEnd, Log.LogEndOffset))
        {
            throw Damage(
                frame, $"is a checkpoint of [{checkpoint.LogStartOffset}, {checkpoint.LogEndOffset}), tiered to {checkpoint.TieredEnd}");
        }

        Log.Restore(checkpoint, now);
        Anchor = frame.Position;
    }

    private bool IsAnchored(in FrameHeader frame)
    {
        if (Anchor is null)
        {
            _firstSkipped ??= frame.Position;
        }

        return Anchor is not null;
    }

    private CorruptDataException Damage(in FrameHeader frame, string what) => new(
        $"The journal's frame at position {frame.Position} of partition {id} {what}, but the log before it is [{Log.LogStartOffset}, " +
        $"{Log.LogEndOffset}), tiered to {Log.TieredEnd}. The journal has lost frames or the file is damaged: restore it from a copy.");
}
