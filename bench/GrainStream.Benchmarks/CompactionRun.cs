using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using GrainStream.Core.Log.Compaction;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Tiering;
using GrainStream.Runtime.Tiering.Compaction;
using GrainStream.Storage.FileSystem.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Benchmarks;

/// <summary>
/// Compaction of a partition on a file store, measured as one run: <c>compaction [records] [keys] [codec] [directory]</c>. Not a micro-benchmark: what counts
/// are the memory of the process and the time of a whole pass.
/// </summary>
internal static class CompactionRun
{
    public const string Verb = "compaction";

    private const int BatchRecords = 500;
    private const int ValueBytes = 100;
    private const long SegmentBytes = 64L << 20;

    private static readonly PartitionId Partition = new(new TopicId(new Guid("5d2cf0c8-5a3e-4f6c-8c7e-1d8c4c3d0b01")), 0);

    public static async Task RunAsync(string[] arguments)
    {
        long records = arguments.Length > 0 ? long.Parse(arguments[0], CultureInfo.InvariantCulture) : 1_000_000;
        int keys = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : (int)(records / 10);
        CompressionType codec = arguments.Length > 2 ? Enum.Parse<CompressionType>(arguments[2], ignoreCase: true) : CompressionType.None;
        string parent = arguments.Length > 3 ? arguments[3] : Path.GetTempPath();
        string directory = Path.Combine(parent, $"grainstream-compaction-{Environment.ProcessId}");
        try
        {
            await using FileObjectStore store = FileObjectStore.Open(new FileObjectStoreOptions { Directory = directory }, TimeProvider.System);
            var manifests = new ManifestStore(store, TimeProvider.System, NullLogger.Instance);
            LoadedManifest loaded = await FillAsync(store, manifests, records, keys, codec);
            Console.WriteLine(
                $"{records:N0} records, {keys:N0} keys, {codec}: {loaded.Manifest.DataBytes:N0} bytes in {loaded.Manifest.SegmentCount} segments");
            await CompactAsync(store, manifests, loaded, records);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task CompactAsync(FileObjectStore store, ManifestStore manifests, LoadedManifest loaded, long records)
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true);
        long residentBefore = Environment.WorkingSet;
        long peak = residentBefore;
        await using var sampler = new Timer(_ => peak = Math.Max(peak, Environment.WorkingSet), null, 0, 50);
        TimeSpan cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
        long allocatedBefore = GC.GetTotalAllocatedBytes();
        long started = Stopwatch.GetTimestamp();

        var compactor = new Compactor(store, manifests, new CompactionOptions(), TimeProvider.System);
        CompactionSettings settings = new(0, long.MaxValue, 0.5, 86_400_000);
        int passes = 0;
        while (await compactor.PrepareAsync(loaded.Manifest, () => Offset.Zero, settings, SegmentBytes, CancellationToken.None) is { } draft)
        {
            ManifestEdit edit = await compactor.EditAsync(loaded.Manifest, draft, NewStamp(), CancellationToken.None)
                ?? throw new InvalidOperationException("the segments to replace are gone");
            loaded = (await manifests.CommitAsync(loaded, edit, CancellationToken.None)).Current;
            passes++;
            Console.WriteLine($"  pass {passes}: up to {draft.CleanedEnd}, {draft.Counts.RecordsKept:N0} records kept, {draft.Counts.RecordsRemoved:N0} removed");
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime - cpuBefore;
        Console.WriteLine($"  {elapsed.TotalSeconds:F2} s, {records / elapsed.TotalSeconds:N0} records/s, CPU {cpu.TotalSeconds:F2} s");
        Console.WriteLine(
            $"  resident {residentBefore / 1e6:F0} MB before, {peak / 1e6:F0} MB at most; allocated {(GC.GetTotalAllocatedBytes() - allocatedBefore) / 1e6:F0} MB; " +
            $"{loaded.Manifest.DataBytes:N0} bytes left");
    }

    /// <summary>Segments of batches with random keys; the values compress to about a half.</summary>
    private static async Task<LoadedManifest> FillAsync(FileObjectStore store, ManifestStore manifests, long records, int keys, CompressionType codec)
    {
        Random random = new(1);
        Manifest first = Manifest.Create(Partition, 1, new LeaderEpoch(0), Offset.Zero, [], Guid.NewGuid());
        LoadedManifest loaded = (await manifests.CommitAsync(null, new ManifestEdit(first, [], [], []), CancellationToken.None)).Current;
        using RecordBatchBuilder builder = new(codec) { PartitionLeaderEpoch = 0 };
        byte[] key = new byte[16];
        byte[] value = new byte[ValueBytes];
        for (long next = 0; next < records;)
        {
            await using SegmentWriter writer = await SegmentWriter.CreateAsync(
                store, Partition, new Offset(next), new LeaderEpoch(0), SegmentBytes, TimeProvider.System, CancellationToken.None);
            while (next < records && writer.DataLength < SegmentBytes - (1 << 20))
            {
                builder.Reset();
                builder.BaseOffset = next;
                for (int i = 0; i < BatchRecords && next < records; i++, next++)
                {
                    BinaryPrimitives.WriteInt64LittleEndian(key, random.Next(keys));
                    random.NextBytes(value.AsSpan(0, ValueBytes / 2));
                    builder.Append(1_700_000_000_000 + next, (ReadOnlySpan<byte>)key, (ReadOnlySpan<byte>)value);
                }

                await writer.AppendAsync(builder.Build(), CancellationToken.None);
            }

            SegmentEntry entry = await writer.CompleteAsync(new Offset(next), CancellationToken.None);
            loaded = (await manifests.CommitAsync(loaded, loaded.Manifest.Append([entry], [], [], NewStamp()), CancellationToken.None)).Current;
        }

        return loaded;
    }

    private static EditStamp NewStamp() => new(Guid.NewGuid(), SegmentWriter.NewSalt());
}
