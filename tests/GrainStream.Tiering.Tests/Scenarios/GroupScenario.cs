using GrainStream.Tiering.Tests.Support;

namespace GrainStream.Tiering.Tests.Scenarios;

/// <summary>Groups commit, come and go, while the journal files that hold their logs are freed: each group says again at the journal's head what it is.</summary>
internal sealed class GroupScenario : IScenario
{
    private const int Groups = 3;

    public async Task PrepareAsync(TieredNode node)
    {
        await node.CreateTopicAsync("orders", 2);
        await node.CreateTopicAsync("busy", 1);
        for (int group = 0; group < Groups; group++)
        {
            await node.CommitAsync($"group-{group}", "orders", group % 2, 1);
        }
    }

    public async Task RunAsync(TieredNode node)
    {
        await CommitAllAsync(node, 2);
        await node.ProduceAsync("busy", 0, batches: 20, valueLength: 800);
        await node.Tiering.FreeOldestFileAsync();
        await CommitAllAsync(node, 3);
        await node.DeleteGroupAsync("group-0");
        await node.CommitAsync("late", "orders", 0, 10);
        await node.ProduceAsync("busy", 0, batches: 20, valueLength: 800);
        await node.Tiering.FreeOldestFileAsync();
        await node.Tiering.FreeOldestFileAsync();
        await node.CommitAsync("group-0", "orders", 0, 20);
        await node.CommitAsync("late", "orders", 0, 30);
    }

    private static async Task CommitAllAsync(TieredNode node, long offset)
    {
        for (int group = 0; group < Groups; group++)
        {
            await node.CommitAsync($"group-{group}", "orders", group % 2, offset);
        }
    }
}
