using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;

namespace GrainStream.Runtime.Topics;

/// <summary>Says the whole catalogue again at the journal's head and cuts its log there; runs on the loop of the catalogue's partition.</summary>
internal sealed class CatalogSnapshotInput(TopicService service) : PartitionInput
{
    private readonly TaskCompletionSource<ErrorCode> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ErrorCode> Completion => _completion.Task;

    internal override void Execute(Partition partition) => service.Snapshot(partition, error => _completion.TrySetResult(error));

    internal override void Refuse(Partition partition) => _completion.TrySetResult(partition.RefusalError);
}
