using GrainStream.Core.Log;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Log;

public sealed class LogStartTests
{
    private readonly PartitionLog _log = Batches.OpenLog();

    public LogStartTests()
    {
        for (int i = 0; i < 10; i++)
        {
            _log.Append(Batches.Plain(10));
        }

        _log.Synced(new Offset(90));
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(90, 90)]
    [InlineData(-1, 90)]
    public void Records_can_be_deleted_up_to_the_high_watermark(long requested, long expected)
    {
        LogStartDecision decision = _log.DecideLogStart(new Offset(requested));
        Assert.Equal(new LogStartDecision(ErrorCode.None, new Offset(expected), true), decision);
        Assert.Equal(0, _log.LogStartOffset.Value);

        _log.ApplyLogStart(decision.LogStartOffset);
        Assert.Equal(expected, _log.LogStartOffset.Value);
    }

    [Theory]
    [InlineData(91)]
    [InlineData(long.MaxValue)]
    [InlineData(-2)]
    public void An_offset_beyond_the_high_watermark_or_no_offset_is_out_of_range(long requested) =>
        Assert.Equal(ErrorCode.OffsetOutOfRange, _log.DecideLogStart(new Offset(requested)).Error);

    [Theory]
    [InlineData(50)]
    [InlineData(20)]
    [InlineData(0)]
    public void Deleting_what_is_already_deleted_changes_nothing_and_answers_the_log_start(long requested)
    {
        _log.ApplyLogStart(new Offset(50));
        Assert.Equal(new LogStartDecision(ErrorCode.None, new Offset(50), false), _log.DecideLogStart(new Offset(requested)));
    }

    [Fact]
    public void The_log_start_never_goes_back()
    {
        _log.ApplyLogStart(new Offset(50));
        Assert.Throws<InvariantViolationException>(() => _log.ApplyLogStart(new Offset(49)));
        Assert.Throws<InvariantViolationException>(() => _log.ApplyLogStart(new Offset(101)));
    }

    [Fact]
    public void The_index_lets_go_of_what_lies_below()
    {
        _log.Synced(new Offset(100));
        _log.ApplyLogStart(new Offset(100));
        Assert.Equal(0, _log.Index.Count);
        Assert.True(_log.Append(Batches.Plain()).IsAccepted);
        Assert.Equal(1, _log.Index.Count);
    }

    [Fact]
    public void Replay_may_begin_at_any_offset_which_then_is_the_log_start()
    {
        var replayed = new PartitionLog();
        replayed.ApplyAt(1234, Batches.Plain(2), epoch: 3);

        Assert.Equal(1234, replayed.LogStartOffset.Value);
        Assert.Equal(1234, replayed.HighWatermark.Value);
        Assert.Equal(1236, replayed.LogEndOffset.Value);
        Assert.Throws<InvariantViolationException>(() => replayed.ApplyAt(2000, Batches.Plain(2)));
    }

    [Fact]
    public void Replay_may_begin_with_a_log_start_when_no_batch_is_left()
    {
        var replayed = new PartitionLog();
        replayed.ApplyLogStart(new Offset(500));
        replayed.StartEpoch(new LeaderEpoch(1));

        Assert.Equal(500, replayed.LogEndOffset.Value);
        Assert.Equal(500, replayed.Append(Batches.Plain()).BaseOffset.Value);
    }

    [Fact]
    public void At_replay_a_log_start_counts_as_committed_before_the_end_of_the_replay()
    {
        var replayed = new PartitionLog();
        replayed.ApplyAt(0, Batches.Plain(10), epoch: 0);
        replayed.ApplyLogStart(new Offset(4));
        replayed.ApplyAt(10, Batches.Plain(10), epoch: 0);

        Assert.Equal((4, 4, 20), (replayed.LogStartOffset.Value, replayed.HighWatermark.Value, replayed.LogEndOffset.Value));
    }

    [Fact]
    public void A_live_log_does_not_jump()
    {
        PartitionLog live = Batches.OpenLog();
        Assert.Throws<InvariantViolationException>(() => live.ApplyAt(7, Batches.Plain()));
    }

    [Fact]
    public void Appends_report_the_log_start()
    {
        _log.ApplyLogStart(new Offset(50));
        Assert.Equal(50, _log.Append(Batches.Plain()).LogStartOffset.Value);
    }
}
