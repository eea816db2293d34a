using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using GrainStream.Core.Log;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Reading;
using GrainStream.Runtime.Reading.Segments;
using GrainStream.Runtime.Tiering;
using GrainStream.Storage.FileSystem.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Benchmarks;

/// <summary>
/// A consumer that reads 256 MiB of segments in the file store from the beginning, with nothing in memory: found, fetched, verified and copied to a
/// pipe, beside the same bytes merely read from the store. What a socket costs comes on top.
/// </summary>
[MemoryDiagnoser]
public class ColdReadBenchmarks
{
    private const int RecordsPerBatch = 16;
    private const int SegmentCount = 4;
    private const int SegmentBytes = 64 * 1024 * 1024;
    private const long CacheBytes = 64 * 1024 * 1024;
    private static readonly PartitionId Partition = new(new TopicId(Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff")), 0);
    private static readonly LeaderEpoch Epoch = new(0);

    private readonly byte[] _buffer = new byte[OpenSegment.BlockBytes];
    private int _batchBytes;
    private string _directory = "";
    private FileObjectStore _store = null!;
    private Manifest _manifest = null!;

    /// <summary>What a consumer asks of a partition at a time; 1 MiB is the clients' default.</summary>
    [Params(1024 * 1024)]
    public int FetchBytes { get; set; }

    // Methods wait rather than return tasks, which not every toolchain of the benchmark library awaits.
    [GlobalSetup]
    public void SetUp() => SetUpAsync().GetAwaiter().GetResult();

    private async Task SetUpAsync()
    {
        _directory = Path.Combine(Directory.GetCurrentDirectory(), $"cold-read-benchmark-{Guid.NewGuid():N}");
        _store = FileObjectStore.Open(new FileObjectStoreOptions { Directory = _directory }, TimeProvider.System);
        Manifest first = Manifest.Create(Partition, 1, Epoch, Offset.Zero, [new EpochStart(Epoch, Offset.Zero)], Guid.NewGuid());
        ManifestStore manifests = NewManifests();
        LoadedManifest loaded = (await manifests.CommitAsync(null, new ManifestEdit(first, [], [], []), default)).Current;
        byte[] batch = SampleBatches.Create(RecordsPerBatch, 1 << 10);
        for (int i = 0; i < SegmentCount; i++)
        {
            SegmentEntry entry = await WriteAsync(loaded.Manifest.End, batch);
            ManifestEdit edit = loaded.Manifest.Append([entry], first.Epochs, [], new EditStamp(Guid.NewGuid(), SegmentWriter.NewSalt()));
            loaded = (await manifests.CommitAsync(loaded, edit, default)).Current;
        }

        _manifest = loaded.Manifest;
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>The physical limit: the same bytes from the same files.</summary>
    [Benchmark(Baseline = true)]
    public long StoreAlone() => StoreAloneAsync().GetAwaiter().GetResult();

    private async Task<long> StoreAloneAsync()
    {
        long bytes = 0;
        foreach (SegmentEntry entry in _manifest.Recent)
        {
            string name = SegmentName.Of(Partition, entry).ToString();
            for (long position = 0; position < entry.DataLength; position += _buffer.Length)
            {
                bytes += (await _store.ReadAsync(name, position, _buffer, default))?.Bytes ?? 0;
            }
        }

        return bytes;
    }

    [Benchmark]
    public long Consumer() => ConsumerAsync().GetAwaiter().GetResult();

    private async Task<long> ConsumerAsync()
    {
        var directory = new SegmentDirectory(_store, NewManifests());
        await using var reader = new SegmentReader(directory, new BlockCache(CacheBytes, directory.FetchAsync));
        var pipe = new Pipe(new PipeOptions(
            pauseWriterThreshold: 512 * 1024, resumeWriterThreshold: 256 * 1024, minimumSegmentSize: 64 * 1024, useSynchronizationContext: false));
        Task<long> drained = DrainAsync(pipe.Reader);
        long offset = 0;
        while (offset < _manifest.End.Value)
        {
            (_, RecordsPayload? records) = await reader.ReadAsync(Partition, new Offset(offset), FetchBytes, true, true, default);
            using (records)
            {
                await records!.SendAsync(pipe.Writer, default);
                offset += records.Length / _batchBytes * RecordsPerBatch;
            }
        }

        await pipe.Writer.CompleteAsync();
        return await drained;
    }

    private static async Task<long> DrainAsync(PipeReader reader)
    {
        long bytes = 0;
        while (true)
        {
            ReadResult read = await reader.ReadAsync();
            bytes += read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return bytes;
            }
        }
    }

    private async Task<SegmentEntry> WriteAsync(Offset from, byte[] batch)
    {
        await using SegmentWriter writer = await SegmentWriter.CreateAsync(_store, Partition, from, Epoch, SegmentBytes, TimeProvider.System, default);
        _batchBytes = batch.Length;
        while (writer.DataLength < SegmentBytes)
        {
            RecordBatchHeader.PatchBaseOffset(batch, writer.NextOffset.Value);
            await writer.AppendAsync(batch, default);
        }

        return await writer.CompleteAsync(writer.NextOffset, default);
    }

    private ManifestStore NewManifests() => new(_store, TimeProvider.System, NullLogger.Instance);
}
