using GrainStream.Core.Log;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Log;

public sealed class TailIndexTests
{
    private readonly TailIndex _index = new();
    private long _offset;
    private long _position;

    [Fact]
    public void Frames_within_64_KiB_of_a_runs_start_share_it()
    {
        Add(frameSize: TailIndex.MaxRunBytes / 2);
        Add(frameSize: TailIndex.MaxRunBytes / 2);
        Assert.Equal(1, _index.Count);
        Assert.Equal(TailIndex.MaxRunBytes, _index.Snapshot()[0].End.Value);

        Add(frameSize: 8);
        Assert.Equal(2, _index.Count);
    }

    [Fact]
    public void Frames_of_other_partitions_between_count_towards_the_window()
    {
        Add(frameSize: 8);
        _position += TailIndex.MaxRunBytes - 16;
        Add(frameSize: 8);
        Assert.Equal(1, _index.Count);
        _position += 8;
        Add(frameSize: 8);
        Assert.Equal(2, _index.Count);
    }

    [Fact]
    public void A_frame_larger_than_a_window_is_a_run_of_its_own()
    {
        Add(frameSize: 1_000_000);
        Add(frameSize: 8);
        TailIndexSnapshot runs = _index.Snapshot();
        Assert.Equal(2, _index.Count);
        Assert.Equal(1_000_000, runs[0].End - runs[0].Start);
    }

    [Fact]
    public void A_new_journal_file_begins_a_new_run_even_if_positions_are_contiguous()
    {
        Add(frameSize: 8);
        Add(frameSize: 8, startsRun: true);
        Assert.Equal(2, _index.Count);
    }

    [Fact]
    public void An_offset_is_found_in_the_run_that_holds_it()
    {
        Fill(runs: 1000, recordsPerRun: 10);
        TailIndexSnapshot runs = _index.Snapshot();
        for (long offset = 0; offset < 10_000; offset++)
        {
            Assert.True(runs.TryFind(new Offset(offset), out long run));
            Assert.Equal(offset / 10 * 10, runs[run].BaseOffset.Value);
        }

        Assert.True(runs.TryFind(new Offset(20_000), out long last));
        Assert.Equal(runs.EndRun - 1, last);
    }

    [Fact]
    public void Nothing_is_found_in_an_empty_index()
    {
        TailIndexSnapshot empty = _index.Snapshot();
        Assert.True(empty.IsEmpty);
        Assert.False(empty.TryFind(Offset.Zero, out _));
        Assert.False(empty.TryFindByTimestamp(0, 0, out _));
        Assert.False(empty.TryFindMaxTimestamp(new Offset(long.MaxValue), out _));
        Assert.True(empty.Plan(Offset.Zero, new Offset(10), 100).IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => empty[0]);
    }

    [Fact]
    public void Trimming_keeps_the_run_that_the_log_start_falls_in()
    {
        Fill(runs: 2000, recordsPerRun: 10);
        for (long start = 0; start <= 20_000; start += 7)
        {
            _index.TrimBefore(new Offset(start));
            TailIndexSnapshot runs = _index.Snapshot();
            Assert.Equal(2000 - start / 10, _index.Count);
            Assert.True(runs.TryFind(new Offset(start), out long run));
            Assert.Equal(runs.FirstRun, run);
            Assert.Equal(start / 10 * 10, runs[run].BaseOffset.Value);
            Assert.False(runs.TryFind(new Offset(start / 10 * 10 - 1), out _));
        }
    }

    [Fact]
    public void An_index_trimmed_bare_takes_new_runs()
    {
        for (int round = 0; round < 5; round++)
        {
            Fill(runs: 300, recordsPerRun: 1);
            _index.TrimBefore(new Offset(_offset));
            Assert.Equal(0, _index.Count);
            Assert.True(_index.Snapshot().IsEmpty);
        }

        Fill(runs: 3, recordsPerRun: 1);
        Assert.Equal(1500, _index.Snapshot()[_index.Snapshot().FirstRun].BaseOffset.Value);
    }

    [Fact]
    public void A_snapshot_outlives_trimming_and_growth()
    {
        Fill(runs: 600, recordsPerRun: 1);
        TailIndexSnapshot old = _index.Snapshot();
        Fill(runs: 5000, recordsPerRun: 1);
        _index.TrimBefore(new Offset(5000));

        Assert.True(old.TryFind(new Offset(3), out long run));
        Assert.Equal(3, old[run].BaseOffset.Value);
        Assert.Equal(600, old.EndRun);
    }

    [Fact]
    public void The_first_run_with_a_timestamp_at_or_after_one_is_found_though_timestamps_do_not_ascend()
    {
        var random = new Random(5);
        var timestamps = new long[3000];
        for (int i = 0; i < timestamps.Length; i++)
        {
            timestamps[i] = random.Next(10) == 0 ? -1 : i + random.Next(-500, 500);
            Add(frameSize: 8, startsRun: true, timestamp: timestamps[i]);
        }

        foreach (int trimmed in new[] { 0, 1, 200, 256, 1111, 2999 })
        {
            _index.TrimBefore(new Offset(trimmed));
            TailIndexSnapshot runs = _index.Snapshot();
            for (long asked = -2; asked < 3600; asked += 3)
            {
                int expected = Array.FindIndex(timestamps, trimmed, value => value >= asked);
                bool found = runs.TryFindByTimestamp(asked, 0, out long run);
                Assert.Equal(expected >= 0, found);
                if (found)
                {
                    Assert.Equal(expected, runs[run].BaseOffset.Value);
                    int next = Array.FindIndex(timestamps, expected + 1, value => value >= asked);
                    Assert.Equal(next >= 0, runs.TryFindByTimestamp(asked, run + 1, out long nextRun));
                    Assert.Equal(next >= 0 ? next : -1, next >= 0 ? runs[nextRun].BaseOffset.Value : -1);
                }
            }
        }
    }

    [Fact]
    public void The_run_with_the_greatest_timestamp_is_found_among_those_below_an_offset()
    {
        var random = new Random(6);
        var timestamps = new long[1500];
        for (int i = 0; i < timestamps.Length; i++)
        {
            timestamps[i] = random.Next(1000);
            Add(frameSize: 8, startsRun: true, timestamp: timestamps[i]);
        }

        foreach (int trimmed in new[] { 0, 100, 700 })
        {
            _index.TrimBefore(new Offset(trimmed));
            TailIndexSnapshot runs = _index.Snapshot();
            for (int end = trimmed + 1; end <= 1500; end += 13)
            {
                long greatest = timestamps[trimmed..end].Max();
                Assert.True(runs.TryFindMaxTimestamp(new Offset(end), out long run));
                Assert.Equal(Array.IndexOf(timestamps, greatest, trimmed), runs[run].BaseOffset.Value);
            }

            Assert.False(runs.TryFindMaxTimestamp(new Offset(trimmed), out _));
        }
    }

    [Fact]
    public void A_plan_begins_with_the_run_of_the_offset_and_goes_on_until_its_bytes_are_full()
    {
        Fill(runs: 20, recordsPerRun: 10, frameSize: 1000);
        Assert.Equal([30], Plan(from: 35, end: 200, maxBytes: 0));
        Assert.Equal([30, 40], Plan(from: 35, end: 200, maxBytes: 1));
        Assert.Equal([30, 40], Plan(from: 30, end: 200, maxBytes: 1000));
        Assert.Equal([30, 40, 50], Plan(from: 30, end: 200, maxBytes: 1001));
        Assert.Equal([180, 190], Plan(from: 180, end: 200, maxBytes: long.MaxValue));
    }

    [Fact]
    public void A_plan_does_not_go_beyond_the_high_watermark()
    {
        Fill(runs: 20, recordsPerRun: 10);
        Assert.Equal([30, 40], Plan(from: 30, end: 50, maxBytes: long.MaxValue));
        Assert.Equal([30, 40, 50], Plan(from: 30, end: 51, maxBytes: long.MaxValue));
        Assert.Empty(Plan(from: 30, end: 30, maxBytes: long.MaxValue));
    }

    [Fact]
    public void A_plan_from_below_the_index_is_empty()
    {
        Fill(runs: 20, recordsPerRun: 10);
        _index.TrimBefore(new Offset(50));
        Assert.Empty(Plan(from: 49, end: 200, maxBytes: long.MaxValue));
    }

    [Fact]
    public void Offsets_or_positions_that_go_back_are_a_violation()
    {
        Fill(runs: 2, recordsPerRun: 10);
        Assert.Throws<InvariantViolationException>(() => _index.Add(new Offset(19), new Offset(25), new JournalPosition(1 << 30), 8, 8, -1, false));
        Assert.Throws<InvariantViolationException>(() => _index.Add(new Offset(20), new Offset(25), new JournalPosition(8), 8, 8, -1, false));
        Assert.Throws<InvariantViolationException>(() => _index.Add(new Offset(20), new Offset(20), new JournalPosition(1 << 30), 8, 8, -1, false));
    }

    private List<long> Plan(long from, long end, long maxBytes)
    {
        var baseOffsets = new List<long>();
        foreach (RunEntry run in _index.Snapshot().Plan(new Offset(from), new Offset(end), maxBytes))
        {
            baseOffsets.Add(run.BaseOffset.Value);
        }

        return baseOffsets;
    }

    private void Fill(int runs, int recordsPerRun, int frameSize = 64)
    {
        for (int i = 0; i < runs; i++)
        {
            Add(frameSize, startsRun: true, records: recordsPerRun);
        }
    }

    private void Add(int frameSize, bool startsRun = false, int records = 1, long timestamp = -1)
    {
        _index.Add(new Offset(_offset), new Offset(_offset + records), new JournalPosition(_position), frameSize, frameSize, timestamp, startsRun);
        _offset += records;
        _position += frameSize;
    }
}
