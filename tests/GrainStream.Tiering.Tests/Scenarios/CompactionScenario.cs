using System.Globalization;
using GrainStream.Tiering.Tests.Support;

namespace GrainStream.Tiering.Tests.Scenarios;

/// <summary>Keys are overwritten and deleted, and the topic is compacted twice, the second time with the first one's segments among those to clean.</summary>
/// <param name="deleteRetention">How long tombstones stay; with zero the second pass removes those that the first has met.</param>
internal sealed class CompactionScenario(TimeSpan deleteRetention) : IScenario
{
    // So that what is kept does not fit into one segment.
    private const int ValueLength = 400;

    public async Task PrepareAsync(TieredNode node)
    {
        await node.CreateTopicAsync(
            "accounts",
            1,
            ("cleanup.policy", "compact"),
            ("min.cleanable.dirty.ratio", "0"),
            ("delete.retention.ms", deleteRetention.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)));
        await node.ProduceAsync("accounts", 0, batches: 8, valueLength: ValueLength);
        await node.UploadAsync("accounts", 0);
    }

    public async Task RunAsync(TieredNode node)
    {
        await node.ProduceAsync("accounts", 0, batches: 3, valueLength: ValueLength);
        await node.UploadAsync("accounts", 0);
        await node.ProduceAsync("accounts", 0, batches: 1);
        await node.CompactAsync();
        await node.ProduceAsync("accounts", 0, batches: 3, valueLength: ValueLength);
        await node.UploadAsync("accounts", 0);
        await node.KeepHouseAsync(after: TimeSpan.FromMinutes(2));
        await node.CompactAsync();
        await node.ProduceAsync("accounts", 0, batches: 1);
        await node.KeepHouseAsync(after: TimeSpan.FromMinutes(2));
    }
}
