using GrainStream.Tiering.Tests.Support;

namespace GrainStream.Tiering.Tests.Scenarios;

/// <summary>Two partitions are produced to and uploaded in turn, in several segments each.</summary>
internal sealed class UploadScenario : IScenario
{
    public async Task PrepareAsync(TieredNode node) => await node.CreateTopicAsync("orders", 2);

    public async Task RunAsync(TieredNode node)
    {
        await node.ProduceAsync("orders", 0, batches: 14);
        await node.UploadAsync("orders", 0);
        await node.ProduceAsync("orders", 1, batches: 6);
        await node.ProduceAsync("orders", 0, batches: 2);
        await node.UploadAsync("orders", 1);
        await node.UploadAsync("orders", 0);
        await node.ProduceAsync("orders", 1, batches: 3);
    }
}
