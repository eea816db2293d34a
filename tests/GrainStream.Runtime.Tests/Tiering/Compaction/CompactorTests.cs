using GrainStream.Core.Log.Compaction;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Tiering;
using GrainStream.Runtime.Tiering.Compaction;
using GrainStream.TestKit;
using GrainStream.TestKit.Objects;
using Xunit.Abstractions;

namespace GrainStream.Runtime.Tests.Tiering.Compaction;

public sealed class CompactorTests(ITestOutputHelper output)
{
    private readonly MemoryObjectStore _store = new();
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task The_last_record_of_each_key_stays_at_its_offset()
    {
        CompactedPartition partition = new(_store, _clock);
        await partition.AddSegmentAsync(CompressionType.None, ["a=1", "b=1"], ["a=2", "c=1"]);
        await partition.AddSegmentAsync(CompressionType.Zstd, ["b=2"], ["c", "a=3"]);
        CompactionDraft? draft = await partition.CompactAsync();
        Assert.Equal(["4 b=2", "5 c", "6 a=3"], await partition.ReadAsync());
        Manifest manifest = (await partition.LoadAsync()).Manifest;
        Assert.Equal((new Offset(7), new Offset(7)), (manifest.CleanedEnd, manifest.End));
        Assert.Equal((3, 4), (draft!.Counts.RecordsKept, draft.Counts.RecordsRemoved));
        Assert.Equal((new Offset(0), new Offset(7)), (draft.Segments.Single().BaseOffset, draft.Segments.Single().EndOffset));
    }

    [Fact]
    public async Task Nothing_happens_where_nothing_is_due()
    {
        CompactedPartition partition = new(_store, _clock);
        await partition.AddSegmentAsync(CompressionType.None, ["a=1", "a=2"]);
        Assert.Null(await partition.PrepareAsync(CompactedPartition.Eager with { MinLagMs = 1 }));
        Assert.NotNull(await partition.CompactAsync());
        IReadOnlyList<string> names = _store.Names;
        Assert.Null(await partition.PrepareAsync());
        Assert.Equal(names, _store.Names);
    }

    [Fact]
    public async Task Who_reads_by_the_old_manifest_is_not_disturbed()
    {
        CompactedPartition partition = new(_store, _clock);
        await partition.AddSegmentAsync(CompressionType.Lz4, ["a=1", "a=2"]);
        Manifest before = (await partition.LoadAsync()).Manifest;
        await partition.CompactAsync();
        Assert.Equal(["0 a=1", "1 a=2"], await partition.ReadAsync(before));
        Assert.Equal(["1 a=2"], await partition.ReadAsync());
    }

    [Fact]
    public async Task Small_neighbours_become_one_segment_and_large_ones_stay_apart()
    {
        CompactedPartition partition = new(_store, _clock);
        for (int i = 0; i < 10; i++)
        {
            await partition.AddSegmentAsync(CompressionType.None, [$"key-{i}={new string('x', 200)}"]);
        }

        await partition.CompactAsync(segmentBytes: 1000);
        Manifest manifest = (await partition.LoadAsync()).Manifest;
        Assert.Equal(4, manifest.Recent.Length);
        Assert.All(manifest.Recent, segment => Assert.InRange(segment.DataLength, 1, 1000));
        Assert.Equal(10, (await partition.ReadAsync()).Count);
    }

    [Fact]
    public async Task A_map_that_is_too_small_takes_several_passes_and_segments_are_cut_where_they_end()
    {
        // The least map there may be has room for 32,768 keys.
        CompactedPartition partition = new(_store, _clock, new CompactionOptions { MapBytes = 0 });
        string[][] batches = [.. Enumerable.Range(0, 50).Select(batch => Enumerable.Range(0, 1000).Select(i => $"{batch}-{i}=1").ToArray())];
        await partition.AddSegmentAsync(CompressionType.Lz4, batches);
        await partition.AddSegmentAsync(CompressionType.Lz4, ["0-0=2", "49-0=2"]);
        CompactionDraft? first = await partition.CompactAsync();
        Assert.Equal(new Offset(32_000), first!.CleanedEnd);
        Assert.Equal([32_000L, 50_000], first.Segments.Select(segment => segment.EndOffset.Value));
        CompactionDraft? second = await partition.CompactAsync();
        Assert.Equal(new Offset(50_002), second!.CleanedEnd);
        Assert.Equal(2, second.Counts.RecordsRemoved);
        Assert.Equal(partition.Expected, await partition.StateAsync());
        Assert.Null(await partition.PrepareAsync());
    }

    [Fact]
    public async Task Tombstones_go_after_their_time_with_a_later_pass()
    {
        CompactedPartition partition = new(_store, _clock);
        await partition.AddSegmentAsync(CompressionType.Gzip, ["a=1", "b=1"], ["a"]);
        await partition.AddSegmentAsync(CompressionType.Gzip, ["b=2"]);
        await partition.CompactAsync();
        Assert.Equal(["2 a", "3 b=2"], await partition.ReadAsync());
        _clock.Advance(TimeSpan.FromMilliseconds(1000));
        await partition.AddSegmentAsync(CompressionType.Gzip, ["c=1"]);
        await partition.CompactAsync();
        Assert.Equal(["3 b=2", "4 c=1"], await partition.ReadAsync());
    }

    [Fact]
    public async Task Producers_are_remembered_though_their_batches_are_gone()
    {
        CompactedPartition partition = new(_store, _clock);
        await partition.AddSegmentAsync(CompressionType.None, ["a=1"], ["a=2"]);
        await partition.AddSegmentAsync(CompressionType.None, ["b=1", "a=3"]);
        CompactionDraft? draft = await partition.CompactAsync();
        using SegmentScan scan = await SegmentScan.OpenAsync(_store, CompactedPartition.Id, draft!.Segments.Single(), CancellationToken.None);
        SegmentProducer producer = scan.Footer.Producers.Single();
        Assert.Equal((4711, 3, 3, 2), (producer.Id.Value, producer.LastSequence, producer.LastOffset.Value, producer.BatchRecords));
    }

    [Fact]
    public async Task Segments_that_come_while_a_pass_is_under_way_stay_behind_it()
    {
        CompactedPartition partition = new(_store, _clock);
        await partition.AddSegmentAsync(CompressionType.None, ["a=1", "a=2"]);
        CompactionDraft? draft = await partition.PrepareAsync();
        await partition.AddSegmentAsync(CompressionType.None, ["a=3"]);
        Assert.True(await partition.CommitAsync(draft!));
        Assert.Equal(["1 a=2", "2 a=3"], await partition.ReadAsync());
        Assert.Equal(new Offset(2), (await partition.LoadAsync()).Manifest.CleanedEnd);
    }

    [Fact]
    public async Task A_pass_over_segments_that_retention_lets_go_meanwhile_comes_to_nothing()
    {
        CompactedPartition partition = new(_store, _clock);
        await partition.AddSegmentAsync(CompressionType.None, ["a=1"]);
        await partition.AddSegmentAsync(CompressionType.None, ["a=2"]);
        CompactionDraft? draft = await partition.PrepareAsync();
        LoadedManifest before = await partition.LoadAsync();
        ManifestEdit raised = before.Manifest.RaiseLogStart(new Offset(1), [], [], CompactedPartition.NewStamp());
        await partition.Manifests.CommitAsync(before, raised, CancellationToken.None);
        Assert.False(await partition.CommitAsync(draft!));
        Assert.Equal(["1 a=2"], await partition.ReadAsync());
    }

    [Fact]
    public async Task Segments_below_the_log_start_are_not_read()
    {
        CompactedPartition partition = new(_store, _clock);
        await partition.AddSegmentAsync(CompressionType.None, ["a=1"]);
        await partition.AddSegmentAsync(CompressionType.None, ["a=2", "a=3"]);
        SegmentEntry first = (await partition.LoadAsync()).Manifest.Recent[0];
        await _store.DeleteAsync(SegmentName.Of(CompactedPartition.Id, first).ToString(), CancellationToken.None);
        await Assert.ThrowsAsync<CorruptDataException>(() => partition.PrepareAsync());
        partition.LogStart = new Offset(1);
        CompactionDraft? draft = await partition.CompactAsync();
        Assert.Equal(new Offset(1), draft!.Replaced[0].BaseOffset);
    }

    [Fact]
    public async Task Every_byte_that_is_flipped_is_noticed_and_nothing_is_written_in_its_place()
    {
        CompactedPartition partition = new(_store, _clock);
        await partition.AddSegmentAsync(CompressionType.None, ["a=1", "a=2"]);
        SegmentEntry entry = (await partition.LoadAsync()).Manifest.Recent[0];
        string name = SegmentName.Of(CompactedPartition.Id, entry).ToString();
        byte[] content = new byte[entry.Length];
        ObjectRead? read = await _store.ReadAsync(name, 0, content, CancellationToken.None);
        for (int position = 0; position < content.Length; position++)
        {
            content[position] ^= 0x10;
            await _store.DeleteAsync(name, CancellationToken.None);
            await _store.PutAsync(name, content, null, CancellationToken.None);
            CorruptDataException damage = await Assert.ThrowsAsync<CorruptDataException>(() => partition.PrepareAsync());
            Assert.Contains(name, damage.Message, StringComparison.Ordinal);
            content[position] ^= 0x10;
        }

        Assert.Equal(entry.Length, read!.Value.ObjectLength);
        Assert.Equal(2, _store.Count);
    }

    [Fact]
    public async Task A_pass_that_is_cancelled_leaves_the_log_as_it_was()
    {
        CompactedPartition partition = new(_store, _clock);
        await partition.AddSegmentAsync(CompressionType.None, ["a=1", "a=2"]);
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => partition.PrepareAsync(cancellationToken: cancelled.Token));
        Assert.Equal(["0 a=1", "1 a=2"], await partition.ReadAsync());
    }

    [Fact]
    public async Task A_random_log_keeps_its_values_through_random_passes()
    {
        Random random = Seeds.NewRandom(output.WriteLine);
        CompactedPartition partition = new(_store, _clock);
        for (int round = 0; round < 150; round++)
        {
            CompressionType codec = (CompressionType)random.Next(5);
            await partition.AddSegmentAsync(codec, [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Records(random))]);
            _clock.Advance(TimeSpan.FromMilliseconds(random.Next(400)));
            if (random.Next(4) == 0)
            {
                await partition.CompactAsync(CompactedPartition.Eager with { MinLagMs = random.Next(800) }, random.Next(200, 20_000));
                Assert.Equal(partition.Expected, await partition.StateAsync());
            }
        }

        await partition.CompactAsync();
        Assert.Equal(partition.Expected, await partition.StateAsync());
        List<long> offsets = [.. (await partition.ReadAsync()).Select(record => long.Parse(record.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(offsets.Order().Distinct(), offsets);
        Assert.InRange(offsets.Count, partition.Expected.Count, 40);
    }

    private static string[] Records(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => $"key-{random.Next(30)}{(random.Next(4) == 0 ? "" : $"={random.Next(1000)}")}")];
}
