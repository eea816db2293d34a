using GrainStream.Storage.FileSystem.Tests.Support;
using GrainStream.TestKit.Objects;

namespace GrainStream.Tiering.Tests.Support;

/// <summary>One run of a scenario, with power cuts or a fault, and the restart after it, whose broker must have lost nothing and go on.</summary>
internal sealed class Trial(IScenario scenario)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly EagerClock _clock = new();
    private readonly Survivors _machine = new(new MemoryDisk(), new MemoryObjectStore { PageSize = 7 }, new History());

    /// <summary>Calls of the store while the scenario ran.</summary>
    public IReadOnlyList<StoreCall> StoreCalls { get; private set; } = [];

    /// <summary>Whether the fault or all power cuts that were asked for happened.</summary>
    public bool HasFired { get; private set; }

    /// <summary>What was done and told.</summary>
    public History History => _machine.History;

    /// <summary>Runs it undisturbed, or with a fault at one call of the store, and checks the broker while it runs and after a restart.</summary>
    public async Task RunAsync(int call = 0, StoreFault? fault = null)
    {
        await PrepareAsync();
        var store = new FaultyObjectStore(_machine.Store, _clock);
        await using (TieredNode node = TieredNode.Open(_machine.Disk, store, _machine.History, _clock))
        {
            if (fault is not null)
            {
                store.FaultAt(call, fault);
            }

            await scenario.RunAsync(node).WaitAsync(Limit);
            StoreCalls = store.Calls;
            HasFired = store.Fired.Count > 0;
            await store.ReleaseDelayedAsync();
            await node.CheckAllAsync().WaitAsync(Limit);
        }

        await RestartAsync(_machine);
    }

    /// <summary>Runs it until the power goes, starts a broker on what is left, and checks that.</summary>
    /// <param name="point">Where; null for a run to the end.</param>
    /// <returns>The run, which knows the points if it went to the end.</returns>
    public async Task<PowerCut> CrashAsync(CrashPoint? point)
    {
        await PrepareAsync();
        var cut = new PowerCut(_machine, _clock, point);
        await RestartAsync(await cut.RunAsync(scenario.RunAsync));
        HasFired = cut.HasFired;
        return cut;
    }

    /// <summary>Runs it until the power goes, and again while the broker that was started then settles what it found; starts a third one and checks that.</summary>
    /// <param name="first">Where in the scenario.</param>
    /// <param name="second">Where after the restart; null for a run to the end.</param>
    /// <returns>The run after the restart, which knows the points if it went to the end.</returns>
    public async Task<PowerCut> CrashTwiceAsync(CrashPoint first, CrashPoint? second)
    {
        await PrepareAsync();
        var firstCut = new PowerCut(_machine, _clock, first);
        Survivors survivors = await firstCut.RunAsync(scenario.RunAsync);
        var secondCut = new PowerCut(survivors, _clock, second);
        await RestartAsync(await secondCut.RunAsync(RecoverAsync));
        HasFired = firstCut.HasFired && (second is null || secondCut.HasFired);
        return secondCut;
    }

    private async Task PrepareAsync()
    {
        await using TieredNode node = TieredNode.Open(_machine.Disk, _machine.Store, _machine.History, _clock);
        await node.Tiering.ClaimAsync(CancellationToken.None);
        await scenario.PrepareAsync(node).WaitAsync(Limit);
    }

    // What a restarted broker does first: it claims the store, brings each partition's tiered end in line with its manifest, and goes on from there.
    private static async Task RecoverAsync(TieredNode node)
    {
        await node.Tiering.ClaimAsync(CancellationToken.None);
        await ProduceAndUploadAsync(node, batches: 1);
        await node.CompactAsync();
        await node.Tiering.FreeOldestFileAsync();
    }

    private async Task RestartAsync(Survivors survivors)
    {
        await using (TieredNode node = TieredNode.Open(survivors.Disk, survivors.Store, survivors.History, _clock))
        {
            await node.Tiering.ClaimAsync(CancellationToken.None);
            await node.CheckAllAsync().WaitAsync(Limit);
            await GoOnAsync(node, survivors.Store).WaitAsync(Limit);
        }

        // And once more: what was settled after the first restart must hold as well.
        await using TieredNode again = TieredNode.Open(survivors.Disk, survivors.Store, survivors.History, _clock);
        await again.CheckAllAsync().WaitAsync(Limit);
    }

    private static async Task GoOnAsync(TieredNode node, MemoryObjectStore store)
    {
        await ProduceAndUploadAsync(node, batches: 3);
        await node.CompactAsync(mustCount: true);
        while (await node.Tiering.FreeOldestFileAsync())
        {
            // Until only the file in use is left.
        }

        await node.CheckAllAsync();

        // A sweep finds what the crash left, and after the grace only what manifests name is there.
        await node.KeepHouseAsync(after: TimeSpan.FromDays(2));
        await node.KeepHouseAsync(after: TimeSpan.FromMinutes(2));
        await node.CheckAllAsync();
        await Inventory.AssertNothingUnnamedAsync(store, node);
    }

    private static async Task ProduceAndUploadAsync(TieredNode node, int batches)
    {
        foreach ((string name, History.TopicState _) in node.History.Topics)
        {
            for (int partition = 0; node.Has(name, partition); partition++)
            {
                await node.ProduceAsync(name, partition, batches);
                await node.UploadAsync(name, partition);
            }
        }
    }
}
