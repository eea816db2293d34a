using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;

namespace GrainStream.Runtime.Topics;

/// <summary>One command to the catalogue; runs on the loop of the catalogue's own partition.</summary>
internal sealed class CatalogInput(TopicService service, Func<TopicCatalog, CatalogDecision> decide, bool validateOnly) : PartitionInput
{
    private readonly TaskCompletionSource<CatalogOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<CatalogOutcome> Completion => _completion.Task;

    internal override void Execute(Partition partition)
    {
        CatalogDecision decision = decide(service.Catalog);
        if (decision.Event is null || validateOnly)
        {
            _completion.SetResult(new CatalogOutcome(decision));
            return;
        }

        ErrorCode error = service.Append(
            partition, decision, durable => _completion.TrySetResult(durable == ErrorCode.None ? new CatalogOutcome(decision) : Offline));
        if (error != ErrorCode.None)
        {
            _completion.SetResult(new CatalogOutcome(error, "The broker's disk does not take the change; nothing was changed. See the broker's log."));
        }
    }

    internal override void Refuse(Partition partition) => _completion.TrySetResult(Offline);

    private static CatalogOutcome Offline => new(
        ErrorCode.KafkaStorageError, "The broker's topic catalogue is offline; whether the change was stored shows when it is back. See the broker's log.");
}
