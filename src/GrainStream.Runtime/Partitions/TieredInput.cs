using GrainStream.Protocol;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Partitions;

/// <summary>The partition's manifest is committed and covers everything below <paramref name="end"/>: the tail begins there from here on.</summary>
/// <param name="end">T; at most the high watermark. One that was reached before changes nothing.</param>
public sealed class TieredInput(Offset end) : PartitionInput, IJournalAppender
{
    private readonly TaskCompletionSource<ErrorCode> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Offset End { get; } = end;

    /// <summary>None once it is on stable storage; an error if it never will be.</summary>
    public Task<ErrorCode> Completion => _completion.Task;

    internal void Complete(ErrorCode error) => _completion.TrySetResult(error);

    internal override void Execute(Partition partition) => partition.MarkTiered(this);

    internal override void Refuse(Partition partition) => Complete(partition.RefusalError);

    void IJournalAppender.Written(Offset end)
    {
        // Only the sync counts.
    }

    void IJournalAppender.Synced(Offset end) => Complete(ErrorCode.None);

    void IJournalAppender.JournalFailed(Exception cause) => Complete(ErrorCode.KafkaStorageError);
}
