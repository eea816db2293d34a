using GrainStream.Protocol;

namespace GrainStream.Runtime.Partitions;

/// <summary>Raises a partition's log start to <paramref name="beforeOffset"/>; -1 means the high watermark.</summary>
public sealed class DeleteRecordsInput(long beforeOffset) : PartitionInput
{
    private readonly TaskCompletionSource<(ErrorCode Error, long LogStartOffset)> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long BeforeOffset { get; } = beforeOffset;

    /// <summary>The log start afterwards, once it is durable; -1 with an error.</summary>
    public Task<(ErrorCode Error, long LogStartOffset)> Completion => _completion.Task;

    internal void Complete(ErrorCode error, long logStartOffset) => _completion.TrySetResult((error, logStartOffset));

    internal override void Execute(Partition partition) => partition.RaiseLogStart(this);

    internal override void Refuse(Partition partition) => Complete(partition.RefusalError, -1);
}
