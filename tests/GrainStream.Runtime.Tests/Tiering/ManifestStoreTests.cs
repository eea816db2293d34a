using GrainStream.Core.Log;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Tiering;
using GrainStream.TestKit.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Runtime.Tests.Tiering;

public sealed class ManifestStoreTests
{
    private static readonly EpochStart[] Epochs = [new(TieredHistory.Epoch, Offset.Zero)];

    [Fact]
    public async Task Every_fault_at_every_call_leaves_the_same_manifest()
    {
        var clean = new FaultyObjectStore(new MemoryObjectStore(), TieredHistory.Clock);
        string expected = await RunAsync(clean, 1);
        int cases = 0;
        foreach (StoreCall call in clean.Calls)
        {
            foreach (StoreFault fault in StoreFault.Of(call.Operation))
            {
                var memory = new MemoryObjectStore();
                FaultyObjectStore store = new FaultyObjectStore(memory, TieredHistory.Clock).FaultAt(call.Number, fault);
                string outcome;
                try
                {
                    outcome = await RunAsync(store, 1);
                }
                catch (StoreCrashException)
                {
                    outcome = await RunAsync(new FaultyObjectStore(memory, TieredHistory.Clock), 1);
                }

                await store.ReleaseDelayedAsync();
                outcome = outcome == expected ? await DescribeAsync(memory) : outcome;
                Assert.True(outcome == expected, $"{fault} at {call}: {outcome}");
                Assert.NotEmpty(store.Fired);
                cases++;
            }
        }

        Assert.True(cases > 100, $"{cases} cases");
    }

    [Fact]
    public async Task A_change_that_an_earlier_run_of_the_node_made_first_is_planned_anew()
    {
        var memory = new MemoryObjectStore();
        var stores = new ManifestStore(memory, TieredHistory.Clock, NullLogger.Instance);
        await CreateAsync(stores, owner: 1);
        LoadedManifest loaded = (await stores.LoadAsync(TieredHistory.Partition, default))!;
        ManifestCommit first = await stores.CommitAsync(loaded, loaded.Manifest.Touch(TieredHistory.NewStamp()), default);
        ManifestCommit second = await stores.CommitAsync(loaded, loaded.Manifest.Touch(TieredHistory.NewStamp()), default);
        Assert.True(first.IsCommitted);
        Assert.False(second.IsCommitted);
        Assert.Equal(first.Current.Manifest.OperationId, second.Current.Manifest.OperationId);
        Assert.Equal(2, second.Current.Manifest.Version);
    }

    [Fact]
    public async Task Another_owner_or_a_later_epoch_ends_it()
    {
        var memory = new MemoryObjectStore();
        var stores = new ManifestStore(memory, TieredHistory.Clock, NullLogger.Instance);
        await CreateAsync(stores, owner: 1);
        LoadedManifest loaded = (await stores.LoadAsync(TieredHistory.Partition, default))!;
        ManifestEdit takeOver = loaded.Manifest.ChangeOwner(2, new LeaderEpoch(1), [2], loaded.Manifest.Epochs, TieredHistory.NewStamp());
        Assert.True((await stores.CommitAsync(loaded, takeOver, default)).IsCommitted);
        await Assert.ThrowsAsync<FencedException>(
            async () => await stores.CommitAsync(loaded, loaded.Manifest.Touch(TieredHistory.NewStamp()), default));
    }

    [Fact]
    public async Task A_store_that_is_away_is_waited_for_until_the_caller_gives_up()
    {
        var store = new FaultyObjectStore(new MemoryObjectStore(), TieredHistory.Clock);
        var stores = new ManifestStore(store, TieredHistory.Clock, NullLogger.Instance);
        store.Script(call => call.Number < 40 ? StoreFault.FailedBefore : null);
        await CreateAsync(stores, owner: 1);
        using var patience = new CancellationTokenSource();
        store.Script(call =>
        {
            if (call.Number > 80)
            {
                patience.Cancel();
            }

            return StoreFault.FailedBefore;
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            var loaded = new LoadedManifest(NewManifest(1), new ObjectVersion("x"));
            await stores.CommitAsync(loaded, loaded.Manifest.Touch(TieredHistory.NewStamp()), patience.Token);
        });
    }

    [Fact]
    public async Task A_manifest_that_is_gone_is_reported()
    {
        var memory = new MemoryObjectStore();
        var stores = new ManifestStore(memory, TieredHistory.Clock, NullLogger.Instance);
        await CreateAsync(stores, owner: 1);
        LoadedManifest loaded = (await stores.LoadAsync(TieredHistory.Partition, default))!;
        await memory.DeleteAsync(ManifestName.Of(TieredHistory.Partition), default);
        await Assert.ThrowsAsync<CorruptDataException>(
            async () => await stores.CommitAsync(loaded, loaded.Manifest.Touch(TieredHistory.NewStamp()), default));
        Assert.Null(await stores.LoadAsync(TieredHistory.Partition, default));
    }

    private static Manifest NewManifest(int owner) =>
        Manifest.Create(TieredHistory.Partition, owner, TieredHistory.Epoch, Offset.Zero, [.. Epochs], Guid.NewGuid());

    private static async Task CreateAsync(ManifestStore stores, int owner) =>
        Assert.True((await stores.CommitAsync(null, new ManifestEdit(NewManifest(owner), [], [], []), default)).IsCommitted);

    /// <summary>Brings the manifest from wherever it is to 300 segments (a page among them), the first two below the log start.</summary>
    private static async Task<string> RunAsync(IObjectStore store, int owner)
    {
        var stores = new ManifestStore(store, TieredHistory.Clock, NullLogger.Instance);
        LoadedManifest? loaded = await LoadAsync(stores);
        if (loaded is null)
        {
            loaded = (await stores.CommitAsync(null, new ManifestEdit(NewManifest(owner), [], [], []), default)).Current;
        }

        while (loaded.Manifest.End.Value < 3000)
        {
            SegmentEntry[] next = [.. Enumerable.Range(0, 50).Select(i => Entry(loaded.Manifest.End.Value + (10 * i)))];
            ManifestEdit edit = loaded.Manifest.Append(
                [.. next], [.. Epochs], await stores.ReadPagesAsync(TieredHistory.Partition, loaded.Manifest.PagesToAppend(50), default), TieredHistory.NewStamp());
            loaded = (await stores.CommitAsync(loaded, edit, default)).Current;
        }

        while (loaded.Manifest.LogStart.Value < 20)
        {
            var logStart = new Offset(20);
            IReadOnlyList<ManifestPage>? pages = null;
            while (pages is null)
            {
                try
                {
                    pages = await stores.ReadPagesAsync(TieredHistory.Partition, loaded.Manifest.PagesToRaiseLogStart(logStart), default);
                }
                catch (StorageUnavailableException cause)
                {
                    Assert.StartsWith("Injected", cause.Message, StringComparison.Ordinal);
                }
            }

            loaded = (await stores.CommitAsync(loaded, loaded.Manifest.RaiseLogStart(logStart, [.. Epochs], pages, TieredHistory.NewStamp()), default)).Current;
        }

        return await DescribeAsync(store);
    }

    private static async Task<LoadedManifest?> LoadAsync(ManifestStore stores)
    {
        while (true)
        {
            try
            {
                return await stores.LoadAsync(TieredHistory.Partition, default);
            }
            catch (StorageUnavailableException cause)
            {
                Assert.StartsWith("Injected", cause.Message, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>The segments in order and the limits, from a fresh look, whatever faults are left.</summary>
    private static async Task<string> DescribeAsync(IObjectStore store)
    {
        var stores = new ManifestStore(store, TieredHistory.Clock, NullLogger.Instance);
        Manifest manifest = (await LoadAsync(stores))!.Manifest;
        IReadOnlyList<ManifestPage>? pages = null;
        while (pages is null)
        {
            try
            {
                pages = await stores.ReadPagesAsync(TieredHistory.Partition, manifest.Pages, default);
            }
            catch (StorageUnavailableException cause)
            {
                Assert.StartsWith("Injected", cause.Message, StringComparison.Ordinal);
            }
        }

        IEnumerable<long> segments = pages.SelectMany(page => page.Segments).Concat(manifest.Recent).Select(segment => segment.BaseOffset.Value);
        return $"[{manifest.LogStart}, {manifest.End}) {manifest.DataBytes} {string.Join(',', segments)}";
    }

    private static SegmentEntry Entry(long baseOffset) => new(
        new Offset(baseOffset), new Offset(baseOffset + 10), 600, 100, baseOffset, default, TieredHistory.Epoch, SegmentWriter.NewSalt(), 1);
}
