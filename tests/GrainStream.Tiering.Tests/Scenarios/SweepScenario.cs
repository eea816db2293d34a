using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Tiering.Tests.Support;

namespace GrainStream.Tiering.Tests.Scenarios;

/// <summary>Objects lie about that nothing names, as a crash leaves them: a segment and a page are swept, a whole folder of an unknown topic is left alone.</summary>
internal sealed class SweepScenario : IScenario
{
    private static readonly byte[] Rubbish = new byte[100];

    public async Task PrepareAsync(TieredNode node)
    {
        await node.CreateTopicAsync("orders", 1);
        await node.ProduceAsync("orders", 0, batches: 12);
        await node.UploadAsync("orders", 0);
        Partition partition = node.PartitionOf("orders", 0);
        IObjectStore store = node.Store;
        string[] names =
        [
            new SegmentName(partition.Id, new Offset(20), new LeaderEpoch(0), 77).ToString(),
            new SegmentName(partition.Id, partition.Log.TieredEnd, new LeaderEpoch(0), 78).ToString(),
            new PageName(partition.Id, new Offset(0), 79).ToString(),
            Inventory.OfUnknownTopic,
        ];
        foreach (string name in names)
        {
            await store.PutAsync(name, Rubbish, null, CancellationToken.None);
        }
    }

    public async Task RunAsync(TieredNode node)
    {
        await node.ProduceAsync("orders", 0, batches: 3);
        await node.KeepHouseAsync(after: TimeSpan.FromDays(2));
        await node.UploadAsync("orders", 0);
        await node.KeepHouseAsync(after: TimeSpan.FromMinutes(2));
    }
}
