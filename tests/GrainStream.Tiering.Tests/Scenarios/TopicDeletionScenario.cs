using GrainStream.Tiering.Tests.Support;

namespace GrainStream.Tiering.Tests.Scenarios;

/// <summary>A topic with segments is deleted, and another of its name is made while the objects of the first are still there.</summary>
internal sealed class TopicDeletionScenario : IScenario
{
    public async Task PrepareAsync(TieredNode node)
    {
        await node.CreateTopicAsync("kept", 1);
        await node.CreateTopicAsync("gone", 2);
        await node.ProduceAsync("kept", 0, batches: 8);
        await node.UploadAsync("kept", 0);
        for (int partition = 0; partition < 2; partition++)
        {
            await node.ProduceAsync("gone", partition, batches: 12);
            await node.UploadAsync("gone", partition);
        }
    }

    public async Task RunAsync(TieredNode node)
    {
        await node.DeleteTopicAsync("gone");
        await node.CreateTopicAsync("fresh", 1);
        await node.ProduceAsync("fresh", 0, batches: 5);
        await node.KeepHouseAsync(after: TimeSpan.FromMinutes(2));
        await node.UploadAsync("fresh", 0);
        await node.KeepHouseAsync(after: TimeSpan.FromMinutes(2));
    }
}
