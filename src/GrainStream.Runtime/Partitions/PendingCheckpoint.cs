using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Partitions;

/// <summary>
/// A checkpoint on its way to stable storage. It takes effect only there: until then readers find the batches where they were, and the
/// partition still needs the journal from its old anchor on.
/// </summary>
internal sealed class PendingCheckpoint(PartitionCheckpoints checkpoints, Action<ErrorCode> complete) : PartitionInput, IJournalAppender
{
    /// <summary>Where its frame lies.</summary>
    public JournalPosition Position { get; set; }

    /// <summary>The log start it states; beyond the present one only in a coordinator's log, which it cuts.</summary>
    public required Offset LogStartOffset { get; init; }

    /// <summary>Runs that were copied.</summary>
    public required IReadOnlyList<TailRun> Copied { get; init; }

    /// <summary>Where the index may begin.</summary>
    public required Offset IndexFrom { get; init; }

    public void Complete(ErrorCode error) => complete(error);

    void IJournalAppender.Written(Offset end)
    {
        // Only the sync counts.
    }

    void IJournalAppender.Synced(Offset end) => checkpoints.Partition.Post(this);

    void IJournalAppender.JournalFailed(Exception cause) => complete(ErrorCode.KafkaStorageError);

    internal override void Execute(Partition partition) => checkpoints.TakeEffect(this);

    internal override void Refuse(Partition partition) => complete(partition.RefusalError);
}
