using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Partitions;

/// <summary>
/// The journal has lost its end, and the partition's segments reach beyond what is left of it: the log goes on behind them, so that no offset is given twice.
/// Before anybody is served.
/// </summary>
/// <param name="segmentsStart">First offset that the manifest keeps.</param>
/// <param name="segmentsEnd">Offset after the last one.</param>
internal sealed class GoOnBehindSegmentsInput(Offset segmentsStart, Offset segmentsEnd) : PartitionInput, IJournalAppender
{
    private readonly TaskCompletionSource<ErrorCode> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Offset SegmentsStart { get; } = segmentsStart;

    public Offset SegmentsEnd { get; } = segmentsEnd;

    /// <summary>None once it is on stable storage, or was not needed; an error if it never will be.</summary>
    public Task<ErrorCode> Completion => _completion.Task;

    internal void Complete(ErrorCode error) => _completion.TrySetResult(error);

    internal override void Execute(Partition partition)
    {
        PartitionLog log = partition.Log;
        if (SegmentsEnd <= log.LogEndOffset)
        {
            Complete(ErrorCode.None);
            return;
        }

        log.Index.Seal();
        Offset logStart = log.LogStartOffset;
        PartitionCheckpoint checkpoint = log.CreateCheckpoint([], log.TieredEnd) with
        {
            LogStartOffset = SegmentsStart > logStart ? SegmentsStart : logStart,
            TieredEnd = SegmentsEnd,
            LogEndOffset = SegmentsEnd,
            Runs = [],
        };
        byte[] payload = PartitionCheckpointCodec.Encode(checkpoint);
        JournalAppendStatus status = partition.AppendFrame(FrameKind.Checkpoint, SegmentsEnd, payload, Crc32C.Compute(payload), this, out JournalSlot slot);
        if (status != JournalAppendStatus.Appended)
        {
            Complete(ErrorCode.KafkaStorageError);
            return;
        }

        partition.Restore(checkpoint, slot.Position);
    }

    internal override void Refuse(Partition partition) => Complete(partition.RefusalError);

    void IJournalAppender.Written(Offset end)
    {
        // Only the sync counts.
    }

    void IJournalAppender.Synced(Offset end) => Complete(ErrorCode.None);

    void IJournalAppender.JournalFailed(Exception cause) => Complete(ErrorCode.KafkaStorageError);
}
