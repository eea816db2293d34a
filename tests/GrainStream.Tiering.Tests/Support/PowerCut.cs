using GrainStream.TestKit.Objects;

namespace GrainStream.Tiering.Tests.Support;

/// <summary>One run of a broker, from its start on what a disk and a store hold, to the moment the power goes.</summary>
/// <param name="machine">What it starts on; used up by the run, unless the power does not go.</param>
/// <param name="clock">The broker's.</param>
/// <param name="point">Where the power goes; null for a run to the end, which counts the steps.</param>
internal sealed class PowerCut(Survivors machine, EagerClock clock, CrashPoint? point)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly FaultyObjectStore _store = new(machine.Store, clock);
    private readonly Random _random = new(point is { } named ? ((int)named.Kind * 100_003) + named.Number : 0);
    private readonly Lock _lock = new();
    private Survivors? _survivors;
    private TieredNode? _node;
    private int _diskCalls;

    /// <summary>Whether the power went before the run had ended.</summary>
    public bool HasFired { get; private set; }

    /// <summary>The store's calls, after a run to the end.</summary>
    public IReadOnlyList<StoreCall> StoreCalls => _store.Calls;

    /// <summary>Every step at which the power could go, after a run to the end.</summary>
    public IReadOnlyList<CrashPoint> Points =>
    [
        .. StoreCalls.Select(static call => new CrashPoint(CrashKind.BeforeStore, call.Number)),
        .. StoreCalls.Select(static call => new CrashPoint(CrashKind.AfterStore, call.Number)),
        .. Enumerable.Range(1, _diskCalls).Select(static number => new CrashPoint(CrashKind.Disk, number)),
    ];

    /// <summary>Starts the broker and has it work.</summary>
    /// <returns>What is left.</returns>
    public async Task<Survivors> RunAsync(Func<TieredNode, Task> work)
    {
        machine.Disk.Before = OnDiskCall;
        if (point is { Kind: CrashKind.BeforeStore or CrashKind.AfterStore } named)
        {
            _store.FaultAt(named.Number, named.Kind == CrashKind.BeforeStore ? StoreFault.CrashBefore : StoreFault.CrashAfter);
        }

        Task running = OpenAndWorkAsync(work);
        if (point is null)
        {
            await running.WaitAsync(Limit);
            machine.Disk.Before = null;
            await _node!.DisposeAsync();
            return machine;
        }

        // With the power go most steps that are left; how they fail is nobody's concern any more.
        await running.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(Limit);
        HasFired = _store.Crashed.IsCompleted;
        if (!HasFired)
        {
            await running;
        }

        Survivors survivors = TakeSurvivors();
        machine.Disk.Before = static _ => throw new IOException("power is off");
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        return survivors;
    }

    private async Task OpenAndWorkAsync(Func<TieredNode, Task> work)
    {
        _node = TieredNode.Open(machine.Disk, _store, machine.History, clock);
        await work(_node);
    }

    private void OnDiskCall(string call)
    {
        lock (_lock)
        {
            if (_survivors is null && ++_diskCalls == point?.Number && point?.Kind == CrashKind.Disk)
            {
                _store.CrashNow();
                TakeSurvivors();
            }

            if (_survivors is not null)
            {
                throw new IOException("power cut");
            }
        }
    }

    // What was told first, then disk and store: whatever happens between belongs to what was not told yet.
    private Survivors TakeSurvivors()
    {
        lock (_lock)
        {
            if (_survivors is null)
            {
                History told = machine.History.Copy();
                _survivors = new Survivors(machine.Disk.Crash(_random), machine.Store.Clone(), told);
            }

            return _survivors;
        }
    }
}
