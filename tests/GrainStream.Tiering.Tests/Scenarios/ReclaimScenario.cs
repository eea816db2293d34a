using GrainStream.Tiering.Tests.Support;

namespace GrainStream.Tiering.Tests.Scenarios;

/// <summary>A busy partition among quiet ones fills journal files, which are freed: it is uploaded, the quiet ones are copied, the catalogue is cut.</summary>
internal sealed class ReclaimScenario : IScenario
{
    private const int QuietPartitions = 4;

    public async Task PrepareAsync(TieredNode node)
    {
        await node.CreateTopicAsync("quiet", QuietPartitions);
        await node.CreateTopicAsync("busy", 1);
        for (int partition = 0; partition < QuietPartitions; partition++)
        {
            await node.ProduceAsync("quiet", partition, batches: 2);
        }
    }

    public async Task RunAsync(TieredNode node)
    {
        await node.ProduceAsync("busy", 0, batches: 20, valueLength: 800);
        await node.Tiering.FreeOldestFileAsync();
        await node.ProduceAsync("quiet", 1, batches: 1);
        await node.ProduceAsync("busy", 0, batches: 20, valueLength: 800);
        await node.Tiering.FreeOldestFileAsync();
        await node.Tiering.FreeOldestFileAsync();
        await node.ProduceAsync("quiet", 2, batches: 1);
    }
}
