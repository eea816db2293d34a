using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;
using GrainStream.TestKit.Objects;

namespace GrainStream.Tiering.Tests.Support;

/// <summary>One run of a scenario, with at most one power cut or fault, and the restart after it.</summary>
internal sealed class Trial(IScenario scenario)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly EagerClock _clock = new();
    private readonly History _history = new();
    private readonly MemoryDisk _disk = new();
    private readonly MemoryObjectStore _objects = new() { PageSize = 7 };
    private readonly Lock _lock = new();
    private Survivors? _survivors;
    private int _diskCalls;

    /// <summary>Calls of the store while the scenario ran; after a run.</summary>
    public IReadOnlyList<StoreCall> StoreCalls { get; private set; } = [];

    /// <summary>Writes and syncs of the disk while the scenario ran; after a run.</summary>
    public int DiskCalls => _diskCalls;

    /// <summary>Whether the fault or power cut that was asked for happened.</summary>
    public bool HasFired { get; private set; }

    /// <summary>Runs it undisturbed, or with a fault at one call of the store, and checks the broker while it runs and after a restart.</summary>
    public async Task RunAsync(int call = 0, StoreFault? fault = null)
    {
        TieredNode node = await PrepareAsync(out FaultyObjectStore store);
        if (fault is not null)
        {
            store.FaultAt(call, fault);
        }

        _disk.Before = CountDiskCall;
        await scenario.RunAsync(node).WaitAsync(Limit);
        _disk.Before = null;
        StoreCalls = store.Calls;
        HasFired = store.Fired.Count > 0;
        await store.ReleaseDelayedAsync();
        await node.CheckAllAsync().WaitAsync(Limit);
        await node.DisposeAsync();
        await RestartAsync(new Survivors(_disk, _objects, _history));
    }

    /// <summary>Runs it until the power goes, starts a broker on what is left, and checks that.</summary>
    public async Task CrashAsync(CrashPoint point, int seed)
    {
        TieredNode node = await PrepareAsync(out FaultyObjectStore store);
        var random = new Random(seed);
        if (point.Kind == CrashKind.Disk)
        {
            _disk.Before = _ => CutAtDiskCall(point.Number, store, random);
        }
        else
        {
            store.FaultAt(point.Number, point.Kind == CrashKind.BeforeStore ? StoreFault.CrashBefore : StoreFault.CrashAfter);
        }

        Task running = scenario.RunAsync(node);
        Task<StoreCall> crashed = store.Crashed;
        await Task.WhenAny(running, crashed).WaitAsync(Limit);
        await running.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(Limit);
        HasFired = crashed.IsCompleted;
        Survivors survivors = TakeSurvivors(random);
        _disk.Before = static _ => throw new IOException("power is off");
        await node.DisposeAsync();
        await RestartAsync(survivors);
    }

    private Task<TieredNode> PrepareAsync(out FaultyObjectStore store)
    {
        var faulty = store = new FaultyObjectStore(_objects, _clock);
        return PrepareAsync(faulty);
    }

    private async Task<TieredNode> PrepareAsync(FaultyObjectStore store)
    {
        // First without the wrapper: calls are counted from the scenario's beginning.
        await using (TieredNode first = TieredNode.Open(_disk, _objects, _history, _clock))
        {
            await first.Tiering.ClaimAsync(CancellationToken.None);
            await scenario.PrepareAsync(first).WaitAsync(Limit);
        }

        return TieredNode.Open(_disk, store, _history, _clock);
    }

    private void CountDiskCall(string call)
    {
        if (call is "write" or "sync")
        {
            Interlocked.Increment(ref _diskCalls);
        }
    }

    private void CutAtDiskCall(int number, FaultyObjectStore store, Random random)
    {
        lock (_lock)
        {
            if (_survivors is null && ++_diskCalls == number)
            {
                store.CrashNow();
                TakeSurvivors(random);
            }

            if (_survivors is not null)
            {
                throw new IOException("power cut");
            }
        }
    }

    // What was told first, then disk and store: whatever happens between belongs to what was not told yet.
    private Survivors TakeSurvivors(Random random)
    {
        lock (_lock)
        {
            if (_survivors is null)
            {
                History told = _history.Copy();
                _survivors = new Survivors(_disk.Crash(random), _objects.Clone(), told);
            }

            return _survivors;
        }
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
        foreach ((string name, History.TopicState _) in node.History.Topics)
        {
            for (int partition = 0; node.Has(name, partition); partition++)
            {
                await node.ProduceAsync(name, partition, batches: 3);
                await node.UploadAsync(name, partition);
            }
        }

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
}
