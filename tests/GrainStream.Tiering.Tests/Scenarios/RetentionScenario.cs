using GrainStream.Tiering.Tests.Support;

namespace GrainStream.Tiering.Tests.Scenarios;

/// <summary>Segments go by size, and then by a client's wish, up to within a segment and beyond all of them.</summary>
internal sealed class RetentionScenario : IScenario
{
    public async Task PrepareAsync(TieredNode node)
    {
        await node.CreateTopicAsync("logs", 2, ("retention.bytes", "7000"), ("retention.ms", "-1"));
        node.History.Of("logs", 0).MayDeleteBefore(long.MaxValue);
        node.History.Of("logs", 1).MayDeleteBefore(long.MaxValue);
        await node.ProduceAsync("logs", 0, batches: 40);
        await node.UploadAsync("logs", 0);
        await node.ProduceAsync("logs", 1, batches: 20);
        await node.UploadAsync("logs", 1);
    }

    public async Task RunAsync(TieredNode node)
    {
        await node.KeepHouseAsync(after: TimeSpan.FromMinutes(5));
        await node.ProduceAsync("logs", 0, batches: 30);
        await node.UploadAsync("logs", 0);
        await node.KeepHouseAsync(after: TimeSpan.FromMinutes(5));
        await node.DeleteRecordsAsync("logs", 1, before: 70);
        await node.KeepHouseAsync(after: TimeSpan.FromMinutes(5));
        await node.ProduceAsync("logs", 1, batches: 5);
        await node.DeleteRecordsAsync("logs", 1, before: 90);
        await node.UploadAsync("logs", 1);
        await node.KeepHouseAsync(after: TimeSpan.FromMinutes(5));
    }
}
