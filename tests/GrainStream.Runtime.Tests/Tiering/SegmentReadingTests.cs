using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading;
using GrainStream.Runtime.Reading.Segments;
using GrainStream.TestKit.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Runtime.Tests.Tiering;

public sealed class SegmentReadingTests
{
    private readonly TieredHistory _history = new();

    [Theory]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    [InlineData(50_000_000)]
    public async Task Segments_are_read_from_the_first_byte_to_the_last_as_they_were_written(int maxBytes)
    {
        await _history.AddAsync(300, TieredHistory.Singles(0, 300, 20_000));
        await _history.AddAsync(301, TieredHistory.Singles(300, 1, 3_000_000));
        await _history.AddAsync(900, TieredHistory.Singles(301, 599, 500));
        await using TieredHistory.ColdReader reader = _history.NewReader();
        var read = new List<byte>();
        for (long next = 0; next < 900;)
        {
            byte[] batches = await reader.ReadAsync(next, maxBytes);
            Assert.NotEmpty(batches);
            read.AddRange(batches);
            next = NextOffset(batches);
        }

        Assert.True(_history.Batches.SelectMany(batch => batch).SequenceEqual(read));
        Assert.True(reader.Cache.Bytes <= 16 * 1024 * 1024);
    }

    [Fact]
    public async Task Any_offset_gets_the_batch_that_holds_it_first()
    {
        await _history.AddAsync(500, [.. Enumerable.Range(0, 100).Select(i => TieredHistory.BatchAt(5 * i, Batches.Spread(1_000, 5)))]);
        await using TieredHistory.ColdReader reader = _history.NewReader();
        for (long offset = 0; offset < 500; offset++)
        {
            Assert.Equal(_history.Batches[(int)offset / 5], await reader.ReadAsync(offset, maxBytes: 1));
        }

        Assert.Empty(await reader.ReadAsync(3, maxBytes: 1, atLeastOne: false));
    }

    [Fact]
    public async Task Offsets_that_compaction_removed_give_the_next_batch_that_is_left()
    {
        byte[][] kept = [.. TieredHistory.Singles(10, 1, 100), .. TieredHistory.Singles(20, 1, 200_000), .. TieredHistory.Singles(21, 1, 100)];
        await _history.AddAsync(40, kept);
        await _history.AddAsync(50);
        await _history.AddAsync(60, TieredHistory.Singles(55, 1, 100));
        await using TieredHistory.ColdReader reader = _history.NewReader();
        foreach ((long from, long expected) in new[] { (0, 10), (10, 10), (11, 20), (20, 20), (21, 21), (22, 55), (39, 55), (45, 55), (55, 55) })
        {
            byte[] read = await reader.ReadAsync(from, maxBytes: 1);
            Assert.True(RecordBatchHeader.TryRead(read, out RecordBatchHeader header));
            Assert.Equal(expected, header.BaseOffset);
        }

        Assert.Empty(await reader.ReadAsync(56));
    }

    [Fact]
    public async Task A_reader_in_the_middle_is_not_disturbed_when_its_segment_is_replaced()
    {
        SegmentEntry old = await _history.AddAsync(10, TieredHistory.Singles(0, 10, 100));
        await using TieredHistory.ColdReader reader = _history.NewReader();
        Assert.NotEmpty(await reader.ReadAsync(0, maxBytes: 1));

        byte[][] compacted = TieredHistory.Singles(7, 3, 50);
        SegmentEntry replacing = await _history.WriteAsync(0, 10, compacted);
        await _history.CommitAsync(_history.Manifest.Replace(new Offset(0), new Offset(10), [replacing], new Offset(10), [], TieredHistory.NewStamp()));
        await _history.Memory.DeleteAsync(SegmentName.Of(TieredHistory.Partition, old).ToString(), default);

        // The block is cached still, which serves what was true; a reader that needs the object finds it gone and looks again.
        await using TieredHistory.ColdReader other = _history.NewReader();
        Assert.Equal(compacted.SelectMany(batch => batch), await other.ReadAsync(3));
    }

    [Fact]
    public async Task A_reader_with_an_old_manifest_finds_the_objects_that_replaced_those_it_knew()
    {
        SegmentEntry old = await _history.AddAsync(10, TieredHistory.Singles(0, 10, 100));
        await using TieredHistory.ColdReader reader = _history.NewReader();
        await reader.Directory.ManifestAsync(TieredHistory.Partition, false, default);
        SegmentEntry replacing = await _history.WriteAsync(0, 10, TieredHistory.Singles(7, 3, 50));
        await _history.CommitAsync(_history.Manifest.Replace(new Offset(0), new Offset(10), [replacing], new Offset(10), [], TieredHistory.NewStamp()));
        await _history.Memory.DeleteAsync(SegmentName.Of(TieredHistory.Partition, old).ToString(), default);
        Assert.NotEmpty(await reader.ReadAsync(0));
        await _history.AddAsync(20, TieredHistory.Singles(10, 10, 100));
        Assert.NotEmpty(await reader.ReadAsync(15));
    }

    [Fact]
    public async Task A_log_start_that_has_moved_over_the_offset_is_told()
    {
        await _history.AddAsync(10, TieredHistory.Singles(0, 10, 100));
        await _history.AddAsync(20, TieredHistory.Singles(10, 10, 100));
        await _history.CommitAsync(_history.Manifest.RaiseLogStart(new Offset(12), _history.Manifest.Epochs, [], TieredHistory.NewStamp()));
        await using TieredHistory.ColdReader reader = _history.NewReader();
        (SegmentReadStatus status, RecordsPayload? records) = await reader.Reader.ReadAsync(
            TieredHistory.Partition, new Offset(11), 1000, true, true, default);
        Assert.Equal((SegmentReadStatus.BelowLogStart, null), (status, records));
        Assert.NotEmpty(await reader.ReadAsync(12));
        (status, _) = await reader.Reader.ReadAsync(TieredHistory.Partition, new Offset(20), 1000, true, true, default);
        Assert.Equal(SegmentReadStatus.NotTiered, status);
    }

    [Fact]
    public async Task A_missing_segment_is_reported_by_name()
    {
        SegmentEntry entry = await _history.AddAsync(10, TieredHistory.Singles(0, 10, 100));
        string name = SegmentName.Of(TieredHistory.Partition, entry).ToString();
        await _history.Memory.DeleteAsync(name, default);
        await using TieredHistory.ColdReader reader = _history.NewReader();
        CorruptDataException missing = await Assert.ThrowsAsync<CorruptDataException>(() => reader.ReadAsync(0));
        Assert.Contains(name, missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_goes_on_finds_the_next_blocks_fetched_already()
    {
        await _history.AddAsync(200, TieredHistory.Singles(0, 200, 50_000));
        await _history.AddAsync(220, TieredHistory.Singles(200, 20, 50_000));
        await using TieredHistory.ColdReader reader = _history.NewReader();
        long next = NextOffset(await reader.ReadAsync(0));
        Assert.Equal(1, reader.Cache.LoadCount);
        next = NextOffset(await reader.ReadAsync(next));
        await TestKit.Eventually.HoldsAsync("blocks are fetched ahead", () => reader.Cache.LoadCount >= 4);
        while (next < 220)
        {
            next = NextOffset(await reader.ReadAsync(next));
        }

        Assert.Equal(_history.Store.Calls.Count(call => call.Operation == StoreOperation.Read && call.Name.EndsWith(".segment", StringComparison.Ordinal)),
            2 + 2 + (int)reader.Cache.LoadCount);
    }

    [Fact]
    public async Task Journal_and_segments_make_one_log()
    {
        using var fixture = new PartitionFixture();
        for (int i = 0; i < 60; i++)
        {
            fixture.Append(new RecordedAppend(Large(i)));
        }

        fixture.Journal.Sync();
        byte[][] all = [.. Enumerable.Range(0, 60).Select(i => TieredHistory.BatchAt(5 * i, Large(i)))];
        await _history.AddAsync(100, all[..20]);
        await _history.AddAsync(200, all[20..40]);
        await using var reader = new LogReader(
            fixture.Journal, 8_000_000, _history.Store, _history.Manifests, 8_000_000, new RuntimeInstruments(null, static () => 1), NullLogger.Instance);
        int written = _history.Store.CountOf(StoreOperation.Read);
        foreach (long trimmed in new long[] { 0, 100, 200, 300 })
        {
            if (trimmed == 300)
            {
                await _history.AddAsync(300, all[40..]);
            }

            fixture.Partition.Log.ApplyTiered(new Offset(trimmed));
            fixture.Partition.Log.ReplaceRuns([], new Offset(trimmed));
            for (long offset = 0; offset < 300; offset += 7)
            {
                PartitionRead read = await reader.ReadAsync(fixture.Partition, new ReadRequest(offset, -1, 1, true, true), default);
                Assert.Equal(ErrorCode.None, read.Error);
                Assert.Equal(all[offset / 5], await TieredHistory.BytesAsync(read.Records!));

                FoundRecord? found = await reader.FindByTimestampAsync(fixture.Partition, 1_000 * (offset / 5), default);
                Assert.Equal(offset / 5 * 5, found?.Offset);
            }

            Assert.Null(await reader.FindByTimestampAsync(fixture.Partition, 60_000, default));
            Assert.Equal(295, (await reader.FindMaxTimestampAsync(fixture.Partition, default))?.Offset);
            Assert.Equal(trimmed == 0, _history.Store.CountOf(StoreOperation.Read) == written);
        }

        fixture.Partition.Log.ApplyLogStart(new Offset(33));
        Assert.Equal(33, (await reader.FindByTimestampAsync(fixture.Partition, 0, default))?.Offset);
        PartitionRead gone = await reader.ReadAsync(fixture.Partition, new ReadRequest(32, -1, 1, true, true), default);
        Assert.Equal(ErrorCode.OffsetOutOfRange, gone.Error);
    }

    [Fact]
    public async Task The_greatest_timestamp_is_found_wherever_it_is()
    {
        byte[] early = TieredHistory.BatchAt(0, Batches.At(5_000, "a"));
        byte[] late = TieredHistory.BatchAt(1, Batches.At(9_000, "b"));
        byte[] last = TieredHistory.BatchAt(2, Batches.At(7_000, "c"));
        using var fixture = new PartitionFixture();
        foreach (string value in new[] { "a", "b", "c" })
        {
            fixture.Append(value);
        }

        fixture.Journal.Sync();
        await _history.AddAsync(2, early, late);
        await _history.AddAsync(3, last);
        fixture.Partition.Log.ApplyTiered(new Offset(3));
        fixture.Partition.Log.ReplaceRuns([], new Offset(3));
        await using var reader = new LogReader(
            fixture.Journal, 8_000_000, _history.Store, _history.Manifests, 8_000_000, new RuntimeInstruments(null, static () => 1), NullLogger.Instance);
        Assert.Equal(new FoundRecord(1, 9_000, 0), await reader.FindMaxTimestampAsync(fixture.Partition, default));
        Assert.Equal(new FoundRecord(1, 9_000, 0), await reader.FindByTimestampAsync(fixture.Partition, 6_000, default));
        fixture.Partition.Log.ApplyLogStart(new Offset(2));
        Assert.Equal(new FoundRecord(2, 7_000, 0), await reader.FindMaxTimestampAsync(fixture.Partition, default));
    }

    /// <summary>Five records of one time, so large that a run of the index holds only a few such batches.</summary>
    private static System.Buffers.ReadOnlySequence<byte> Large(int i) =>
        Batches.At(1_000 * i, [.. Enumerable.Range(0, 5).Select(record => $"{i}-{record}-{new string('v', 3_000)}")]);

    private static long NextOffset(byte[] batches)
    {
        long next = -1;
        for (int at = 0; at < batches.Length;)
        {
            Assert.True(RecordBatchHeader.TryRead(batches.AsSpan(at), out RecordBatchHeader header));
            next = header.NextOffset;
            at += header.TotalSize;
        }

        return next;
    }
}
