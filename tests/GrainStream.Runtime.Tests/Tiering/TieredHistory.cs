using System.Buffers;
using System.IO.Pipelines;
using GrainStream.Core.Log;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading;
using GrainStream.Runtime.Reading.Segments;
using GrainStream.Runtime.Tiering;
using GrainStream.TestKit.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Runtime.Tests.Tiering;

/// <summary>A partition's segments and manifest in a store in memory that can be made to fail, and cold readers of them.</summary>
internal sealed class TieredHistory
{
    public static readonly PartitionId Partition = new(PartitionFixture.Topic, 0);
    public static readonly LeaderEpoch Epoch = new(0);
    private const int Owner = 1;
    private readonly List<byte[]> _batches = [];

    public TieredHistory(MemoryObjectStore? memory = null)
    {
        Memory = memory ?? new MemoryObjectStore();
        Store = new FaultyObjectStore(Memory, Clock);
        Manifests = new ManifestStore(Store, Clock, NullLogger.Instance);
    }

    public static TimeProvider Clock { get; } = new ImpatientClock();

    public MemoryObjectStore Memory { get; }

    public FaultyObjectStore Store { get; }

    public ManifestStore Manifests { get; }

    public LoadedManifest? Current { get; private set; }

    public Manifest Manifest => Current!.Manifest;

    /// <summary>All batches of the segments, in order.</summary>
    public IReadOnlyList<byte[]> Batches => _batches;

    public static EditStamp NewStamp() => new(Guid.NewGuid(), SegmentWriter.NewSalt());

    /// <summary>A batch at an offset.</summary>
    public static byte[] BatchAt(long baseOffset, ReadOnlySequence<byte> batch)
    {
        byte[] bytes = batch.ToArray();
        RecordBatchHeader.PatchBaseOffset(bytes, baseOffset);
        RecordBatchHeader.PatchPartitionLeaderEpoch(bytes, 0);
        return bytes;
    }

    /// <summary>Batches of one record each from an offset on, with values of about that size and timestamps that are the offsets.</summary>
    public static byte[][] Singles(long baseOffset, int count, int valueBytes) =>
        [.. Enumerable.Range(0, count).Select(i => BatchAt(
            baseOffset + i, Tests.Batches.At(baseOffset + i, $"{baseOffset + i}-{new string('v', valueBytes)}")))];

    public async Task<SegmentEntry> WriteAsync(long baseOffset, long endOffset, params byte[][] batches)
    {
        await using SegmentWriter writer = await SegmentWriter.CreateAsync(
            Store, Partition, new Offset(baseOffset), Epoch, batches.Sum(batch => batch.LongLength), Clock, default);
        foreach (byte[] batch in batches)
        {
            await writer.AppendAsync(batch, default);
        }

        return await writer.CompleteAsync(new Offset(endOffset), default);
    }

    /// <summary>Writes a segment and appends it to the manifest.</summary>
    public async Task<SegmentEntry> AddAsync(long endOffset, params byte[][] batches)
    {
        await CreateAsync();
        SegmentEntry entry = await WriteAsync(Manifest.End.Value, endOffset, batches);
        await CommitAsync(Manifest.Append([entry], Manifest.Epochs, await PagesAsync(Manifest.PagesToAppend(1)), NewStamp()));
        _batches.AddRange(batches);
        return entry;
    }

    public async Task CreateAsync()
    {
        if (Current is null)
        {
            Manifest first = Manifest.Create(Partition, Owner, Epoch, Offset.Zero, [new EpochStart(Epoch, Offset.Zero)], Guid.NewGuid());
            await CommitAsync(new ManifestEdit(first, [], [], []));
        }
    }

    public async Task CommitAsync(ManifestEdit edit)
    {
        ManifestCommit commit = await Manifests.CommitAsync(Current, edit, default);
        Assert.True(commit.IsCommitted);
        Current = commit.Current;
    }

    public async Task<IReadOnlyList<ManifestPage>> PagesAsync(System.Collections.Immutable.ImmutableArray<PageRef> pages) =>
        await Manifests.ReadPagesAsync(Partition, pages, default);

    /// <summary>A reader with nothing in its caches.</summary>
    public ColdReader NewReader(long cacheBytes = 16 * 1024 * 1024) => new(Store, cacheBytes);

    /// <summary>What a payload puts on the wire.</summary>
    public static async Task<byte[]> BytesAsync(RecordsPayload payload)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        using (payload)
        {
            Assert.True(await payload.SendAsync(pipe.Writer, default));
        }

        await pipe.Writer.CompleteAsync();
        ReadResult all = await pipe.Reader.ReadAtLeastAsync(payload.Length);
        return all.Buffer.ToArray();
    }

    /// <summary>A segment reader with caches of its own.</summary>
    internal sealed class ColdReader : IAsyncDisposable
    {
        public ColdReader(IObjectStore store, long cacheBytes)
        {
            Directory = new SegmentDirectory(store, new ManifestStore(store, Clock, NullLogger.Instance));
            Cache = new BlockCache(cacheBytes, Directory.FetchAsync);
            Reader = new SegmentReader(Directory, Cache);
        }

        public SegmentDirectory Directory { get; }

        public BlockCache Cache { get; }

        public SegmentReader Reader { get; }

        public async Task<byte[]> ReadAsync(long from, int maxBytes = 1_000_000, bool atLeastOne = true)
        {
            (SegmentReadStatus status, RecordsPayload? records) =
                await Reader.ReadAsync(Partition, new Offset(from), maxBytes, atLeastOne, mayWait: true, default);
            Assert.Equal(SegmentReadStatus.Read, status);
            return records is null ? [] : await BytesAsync(records);
        }

        public ValueTask DisposeAsync() => Reader.DisposeAsync();
    }
}
