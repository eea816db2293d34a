using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using GrainStream.Core.Log.Compaction;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Tiering;
using GrainStream.Runtime.Tiering.Compaction;
using Microsoft.Extensions.Logging.Abstractions;
using Record = GrainStream.Protocol.Records.Record;

namespace GrainStream.Runtime.Tests.Tiering.Compaction;

/// <summary>A partition that has nothing but segments, in a store that the test brings, and what was ever written to it.</summary>
internal sealed class CompactedPartition(IObjectStore store, TimeProvider time, CompactionOptions? options = null)
{
    public static readonly CompactionSettings Eager = new(0, long.MaxValue, 0, 1000);

    public static readonly PartitionId Id = new(new TopicId(new Guid("b8b7cf9e-1f8f-4b8a-9d52-2f6b8a2c9f01")), 3);

    private readonly Compactor _compactor = new(
        store, new ManifestStore(store, time, NullLogger.Instance), options ?? new CompactionOptions(), time);

    private long _nextOffset;

    public ManifestStore Manifests { get; } = new(store, time, NullLogger.Instance);

    /// <summary>What every key holds, by everything that was written.</summary>
    public SortedDictionary<string, string> Expected { get; } = new(StringComparer.Ordinal);

    public Offset LogStart { get; set; }

    public static ImmutableArray<SegmentEntry> SegmentsOf(Manifest manifest, IReadOnlyList<ManifestPage> pages) =>
        [.. pages.SelectMany(page => page.Segments), .. manifest.Recent];

    public async Task<LoadedManifest> LoadAsync() =>
        await Manifests.LoadAsync(Id, CancellationToken.None) ?? throw new InvalidOperationException("there is no manifest");

    /// <summary>Adds a segment of batches, each of records "key=value", "key" for a tombstone.</summary>
    public async Task AddSegmentAsync(CompressionType codec, params string[][] batches)
    {
        await using SegmentWriter writer = await SegmentWriter.CreateAsync(
            store, Id, new Offset(_nextOffset), new LeaderEpoch(0), 1 << 16, time, CancellationToken.None);
        foreach (string[] records in batches)
        {
            await writer.AppendAsync(Batch(codec, records), CancellationToken.None);
        }

        SegmentEntry entry = await writer.CompleteAsync(new Offset(_nextOffset), CancellationToken.None);
        LoadedManifest? loaded = await Manifests.LoadAsync(Id, CancellationToken.None);
        if (loaded is null)
        {
            Manifest first = Manifest.Create(Id, 1, new LeaderEpoch(0), Offset.Zero, [], Guid.NewGuid());
            loaded = (await Manifests.CommitAsync(null, new ManifestEdit(first, [], [], []), CancellationToken.None)).Current;
        }

        IReadOnlyList<ManifestPage> pages = await Manifests.ReadPagesAsync(Id, loaded.Manifest.PagesToAppend(1), CancellationToken.None);
        await Manifests.CommitAsync(loaded, loaded.Manifest.Append([entry], [], pages, NewStamp()), CancellationToken.None);
    }

    /// <summary>Runs a pass and commits it; null if none was due.</summary>
    public async Task<CompactionDraft?> CompactAsync(
        CompactionSettings? settings = null, long segmentBytes = 1 << 20, CancellationToken cancellationToken = default)
    {
        CompactionDraft? draft = await PrepareAsync(settings, segmentBytes, cancellationToken);
        return draft is null || !await CommitAsync(draft) ? null : draft;
    }

    public async Task<CompactionDraft?> PrepareAsync(
        CompactionSettings? settings = null, long segmentBytes = 1 << 20, CancellationToken cancellationToken = default) =>
        await _compactor.PrepareAsync((await LoadAsync()).Manifest, () => LogStart, settings ?? Eager, segmentBytes, cancellationToken);

    public async Task<bool> CommitAsync(CompactionDraft draft)
    {
        LoadedManifest current = await LoadAsync();
        ManifestEdit? edit = await _compactor.EditAsync(current.Manifest, draft, NewStamp(), CancellationToken.None);
        return edit is not null && (await Manifests.CommitAsync(current, edit, CancellationToken.None)).IsCommitted;
    }

    /// <summary>Every record of the log as a reader of that manifest finds it: "offset key=value".</summary>
    public async Task<List<string>> ReadAsync(Manifest? manifest = null)
    {
        manifest ??= (await LoadAsync()).Manifest;
        List<string> found = [];
        using RecordBatchUnfolder unfolder = new(1 << 20);
        foreach (SegmentEntry segment in SegmentsOf(manifest, await Manifests.ReadPagesAsync(Id, manifest.Pages, CancellationToken.None)))
        {
            using SegmentScan scan = await SegmentScan.OpenAsync(store, Id, segment, CancellationToken.None);
            while (await scan.ReadAsync(CancellationToken.None))
            {
                for (int position = 0; position < scan.Batches.Length;)
                {
                    ReadOnlyMemory<byte> batch = scan.BatchAt(position, out _);
                    position += batch.Length;
                    Assert.Equal(UnfoldStatus.Done, unfolder.Unfold(batch, out RecordBatchHeader header, out ReadOnlySpan<byte> records));
                    Assert.InRange(header.BaseOffset, segment.BaseOffset.Value, segment.EndOffset.Value - 1);
                    Read(header, records, found);
                }
            }
        }

        return found;
    }

    /// <summary>What every key holds, by what is stored.</summary>
    public async Task<SortedDictionary<string, string>> StateAsync()
    {
        SortedDictionary<string, string> state = new(StringComparer.Ordinal);
        foreach (string record in await ReadAsync())
        {
            Apply(record[(record.IndexOf(' ') + 1)..], state);
        }

        return state;
    }

    public static EditStamp NewStamp() => new(Guid.NewGuid(), SegmentWriter.NewSalt());

    private byte[] Batch(CompressionType codec, string[] records)
    {
        using RecordBatchBuilder builder = new(codec) { BaseOffset = _nextOffset, PartitionLeaderEpoch = 0 };
        builder.SetProducer(4711, 0, (int)_nextOffset);
        foreach (string record in records)
        {
            int sign = record.IndexOf('=', StringComparison.Ordinal);
            byte[] key = Encoding.UTF8.GetBytes(sign < 0 ? record : record[..sign]);
            builder.Append(time.GetUtcNow().ToUnixTimeMilliseconds(), key, sign < 0 ? null : Encoding.UTF8.GetBytes(record[(sign + 1)..]));
            Apply(record, Expected);
            _nextOffset++;
        }

        return builder.Build().ToArray();
    }

    private static void Apply(string record, SortedDictionary<string, string> state)
    {
        int sign = record.IndexOf('=', StringComparison.Ordinal);
        if (sign < 0)
        {
            state.Remove(record);
        }
        else
        {
            state[record[..sign]] = record[(sign + 1)..];
        }
    }

    private static void Read(in RecordBatchHeader header, ReadOnlySpan<byte> records, List<string> found)
    {
        RecordReader reader = new(header, records);
        while (reader.TryRead(out Record record))
        {
            string key = Encoding.UTF8.GetString(record.Key.Bytes);
            string value = record.Value.IsNull ? "" : "=" + Encoding.UTF8.GetString(record.Value.Bytes);
            found.Add(string.Create(CultureInfo.InvariantCulture, $"{record.Offset} {key}{value}"));
        }
    }
}
