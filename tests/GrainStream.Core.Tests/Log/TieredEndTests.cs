using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Tests.Log;

public sealed class TieredEndTests
{
    private const long Batch = 112;
    private readonly PartitionLog _log = Batches.OpenLog();
    private long _position;

    [Fact]
    public void What_is_tiered_leaves_the_tail_but_stays_in_the_index()
    {
        Fill(runs: 10, recordsEach: 10);
        Assert.Equal((0L, 10 * Batch), (_log.TieredEnd.Value, _log.TailBytes));

        _log.ApplyTiered(new Offset(40));
        Assert.Equal((40L, 6 * Batch), (_log.TieredEnd.Value, _log.TailBytes));
        Assert.Equal(0, _log.Index.FirstOffset?.Value);

        _log.ApplyTiered(new Offset(30));
        Assert.Equal((40L, 6 * Batch), (_log.TieredEnd.Value, _log.TailBytes));

        _log.ApplyTiered(new Offset(100));
        Assert.Equal((100L, 0L), (_log.TieredEnd.Value, _log.TailBytes));
        _log.Append(Batches.Plain());
        Assert.Equal(Batch, _log.TailBytes);
    }

    [Fact]
    public void A_tiered_end_within_a_run_counts_that_runs_share()
    {
        Fill(runs: 2, recordsEach: 10);
        _log.ApplyTiered(new Offset(15));
        Assert.Equal(Batch / 2, _log.TailBytes);
    }

    [Fact]
    public void A_log_cannot_be_tiered_beyond_its_end()
    {
        Fill(runs: 1, recordsEach: 10);
        Assert.Throws<InvariantViolationException>(() => _log.ApplyTiered(new Offset(11)));
    }

    [Fact]
    public void A_log_start_beyond_the_tiered_end_takes_it_along()
    {
        Fill(runs: 10, recordsEach: 10);
        _log.ApplyTiered(new Offset(40));
        _log.ApplyLogStart(new Offset(30));
        Assert.Equal((30L, 40L, 6 * Batch), (_log.LogStartOffset.Value, _log.TieredEnd.Value, _log.TailBytes));
        _log.ApplyLogStart(new Offset(75));
        Assert.Equal((75L, 75L, 70L), (_log.LogStartOffset.Value, _log.TieredEnd.Value, _log.Index.FirstOffset?.Value));
        Assert.Equal((2 * Batch) + (Batch / 2), _log.TailBytes);
        _log.ApplyLogStart(new Offset(100));
        Assert.Equal((100L, 0L, null), (_log.TieredEnd.Value, _log.TailBytes, _log.Index.FirstOffset));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1_000, 0)]
    [InlineData(1_001, 10)]
    [InlineData(1_005, 50)]
    [InlineData(9_999, 100)]
    public void Retention_by_time_lets_go_of_whole_runs_that_are_older(long cutoffMs, long expected)
    {
        Fill(runs: 10, recordsEach: 10);
        Assert.Equal(expected, _log.DecideRetention(cutoffMs, long.MaxValue).Value);
    }

    [Theory]
    [InlineData(long.MaxValue, 0)]
    [InlineData(10 * Batch, 0)]
    [InlineData((9 * Batch) + 1, 0)]
    [InlineData(9 * Batch, 10)]
    [InlineData((2 * Batch) + 5, 70)]
    [InlineData(0, 100)]
    public void Retention_by_size_keeps_at_least_the_bytes_asked_for(long keepBytes, long expected)
    {
        Fill(runs: 10, recordsEach: 10);
        Assert.Equal(expected, _log.DecideRetention(long.MinValue, keepBytes).Value);
    }

    [Fact]
    public void Retention_begins_at_the_tiered_end_and_ends_at_the_high_watermark()
    {
        Fill(runs: 10, recordsEach: 10);
        _log.ApplyTiered(new Offset(35));
        Assert.Equal(35, _log.DecideRetention(long.MinValue, long.MaxValue).Value);
        Assert.Equal(40, _log.DecideRetention(1_004, long.MaxValue).Value);
        Append(Batches.Plain(10, timestamp: 2_000));
        Assert.Equal(100, _log.DecideRetention(9_999, long.MaxValue).Value);
        Assert.Equal(100, _log.DecideRetention(long.MinValue, 0).Value);
    }

    [Fact]
    public void Records_without_a_timestamp_have_no_age()
    {
        Append(Batches.Plain(10, timestamp: -1));
        _log.Commit();
        Assert.Equal(0, _log.DecideRetention(long.MaxValue, long.MaxValue).Value);
    }

    [Fact]
    public void Retention_of_a_log_without_a_tail_is_where_it_is()
    {
        Assert.Equal(0, _log.DecideRetention(long.MaxValue, 0).Value);
        Fill(runs: 3, recordsEach: 10);
        _log.ApplyTiered(new Offset(30));
        _log.ReplaceRuns([], new Offset(30));
        Assert.Equal(30, _log.DecideRetention(long.MaxValue, 0).Value);
    }

    private void Fill(int runs, int recordsEach)
    {
        for (int i = 0; i < runs; i++)
        {
            Append(Batches.Plain(recordsEach, timestamp: 1_000 + i));
        }

        _log.Commit();
    }

    private void Append(RecordBatchHeader batch)
    {
        RecordBatchHeader placed = batch with { BaseOffset = _log.LogEndOffset.Value };
        _log.Apply(new AppendedBatch(
            placed, new LeaderEpoch(0), new JournalPosition(_position), Batches.FrameSize, StartsRun: true, Batches.Now));
        _position += Batches.FrameSize;
    }
}
