using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using GrainStream.Core;
using GrainStream.Core.Log;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Tiering;
using GrainStream.Storage.FileSystem.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Benchmarks;

/// <summary>
/// What a long history costs: to open its manifest in the file store, to append to it, and to find a segment in the middle of it. A thousand appends
/// include the pages that they make and merge.
/// </summary>
[MemoryDiagnoser]
public class ManifestBenchmarks
{
    private const int Appends = 1_000;
    private static readonly PartitionId Partition = new(new TopicId(Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff")), 0);
    private static readonly ImmutableArray<EpochStart> Epochs = [new EpochStart(new LeaderEpoch(0), Offset.Zero)];

    private readonly Dictionary<PageRef, ManifestPage> _pages = [];
    private string _directory = "";
    private FileObjectStore _store = null!;
    private Manifest _manifest = null!;

    [Params(100, 1_000_000)]
    public int SegmentCount { get; set; }

    // Methods wait rather than return tasks, which not every toolchain of the benchmark library awaits.
    [GlobalSetup]
    public void SetUp() => SetUpAsync().GetAwaiter().GetResult();

    private async Task SetUpAsync()
    {
        _directory = Path.Combine(Directory.GetCurrentDirectory(), $"manifest-benchmark-{Guid.NewGuid():N}");
        _store = FileObjectStore.Open(new FileObjectStoreOptions { Directory = _directory }, TimeProvider.System);
        var manifests = NewManifests();
        Manifest first = Manifest.Create(Partition, 1, new LeaderEpoch(0), Offset.Zero, Epochs, Guid.NewGuid());
        LoadedManifest loaded = (await manifests.CommitAsync(null, new ManifestEdit(first, [], [], []), default)).Current;
        for (int done = 0; done < SegmentCount;)
        {
            int step = Math.Min(50_000, SegmentCount - done);
            ManifestEdit edit = Append(loaded.Manifest, step);
            loaded = (await manifests.CommitAsync(loaded, edit, default)).Current;
            Remember(edit);
            done += step;
        }

        _manifest = loaded.Manifest;
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>From nothing in memory to a manifest that says where every offset is.</summary>
    [Benchmark]
    public long Open() => OpenAsync().GetAwaiter().GetResult();

    private async Task<long> OpenAsync() => (await NewManifests().LoadAsync(Partition, default))!.Manifest.End.Value;

    /// <summary>From nothing in memory to the entry of a segment in the middle: head and page.</summary>
    [Benchmark]
    public long OpenAndFind() => OpenAndFindAsync().GetAwaiter().GetResult();

    private async Task<long> OpenAndFindAsync()
    {
        ManifestStore manifests = NewManifests();
        Manifest manifest = (await manifests.LoadAsync(Partition, default))!.Manifest;
        var middle = new Offset(manifest.End.Value / 2);
        int page = manifest.FindPage(middle);
        return page < 0
            ? manifest.Recent[manifest.FindRecent(middle)].BaseOffset.Value
            : (await manifests.FindPageAsync(Partition, manifest.Pages[page], default))!.Find(middle);
    }

    /// <summary>The work of one append, without the store's: the change, its pages, and the bytes to put.</summary>
    [Benchmark(OperationsPerInvoke = Appends)]
    public int AppendOne()
    {
        Manifest manifest = _manifest;
        int bytes = 0;
        for (int i = 0; i < Appends; i++)
        {
            ManifestEdit edit = Append(manifest, 1);
            Remember(edit);
            bytes += ManifestCodec.Encode(edit.Manifest).Length;
            manifest = edit.Manifest;
        }

        return bytes;
    }

    private static SegmentEntry Entry(long segment) => new(
        new Offset(10 * segment), new Offset((10 * segment) + 10), 1_000, 500, segment, new Timestamp(segment), new LeaderEpoch(0), (ulong)segment, 1);

    private ManifestStore NewManifests() => new(_store, TimeProvider.System, NullLogger.Instance);

    private ManifestEdit Append(Manifest manifest, int count)
    {
        long first = manifest.End.Value / 10;
        ImmutableArray<SegmentEntry> entries = [.. Enumerable.Range(0, count).Select(i => Entry(first + i))];
        ManifestPage[] pages = [.. manifest.PagesToAppend(count).Select(page => _pages[page])];
        return manifest.Append(entries, Epochs, pages, new EditStamp(Guid.NewGuid(), SegmentWriter.NewSalt()));
    }

    private void Remember(ManifestEdit edit)
    {
        foreach (ManifestPage page in edit.NewPages)
        {
            _pages[page.Reference] = page;
        }
    }
}
