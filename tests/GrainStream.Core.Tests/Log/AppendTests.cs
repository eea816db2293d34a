using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Tests.Log;

public sealed class AppendTests
{
    private readonly PartitionLog _log = Batches.OpenLog();

    [Fact]
    public void Batches_get_consecutive_offsets()
    {
        Assert.Equal(0, _log.Append(Batches.Plain(records: 3)).BaseOffset.Value);
        AppendDecision second = _log.Append(Batches.Plain(records: 2));

        Assert.Equal(3, second.BaseOffset.Value);
        Assert.Equal(5, second.End.Value);
        Assert.Equal(5, _log.LogEndOffset.Value);
    }

    [Fact]
    public void A_decision_changes_nothing()
    {
        AppendDecision first = _log.Decide(Batches.From(7, 0, 0, records: 3));
        AppendDecision again = _log.Decide(Batches.From(7, 0, 0, records: 3));

        Assert.Equal(first, again);
        Assert.Equal(0, _log.LogEndOffset.Value);
        Assert.Equal(0, _log.ProducerCount);
    }

    [Fact]
    public void An_applied_batch_is_not_committed_until_it_is_synced()
    {
        _log.Append(Batches.Plain(records: 3));
        Assert.Equal(0, _log.HighWatermark.Value);

        Assert.True(_log.Synced(new Offset(3)));
        Assert.Equal(3, _log.HighWatermark.Value);
        Assert.Equal(3, _log.LastStableOffset.Value);
    }

    [Fact]
    public void A_late_or_repeated_sync_report_does_not_move_the_high_watermark()
    {
        _log.Append(Batches.Plain(records: 3));
        _log.Append(Batches.Plain(records: 3));
        Assert.True(_log.Synced(new Offset(6)));

        Assert.False(_log.Synced(new Offset(6)));
        Assert.False(_log.Synced(new Offset(3)));
        Assert.Equal(6, _log.HighWatermark.Value);
    }

    [Fact]
    public void A_sync_report_beyond_the_log_end_is_a_violation()
    {
        _log.Append(Batches.Plain());
        Assert.Throws<InvariantViolationException>(() => _log.Synced(new Offset(2)));
    }

    [Fact]
    public void A_batch_that_does_not_begin_at_the_log_end_is_a_violation()
    {
        _log.Append(Batches.Plain());
        var violation = Assert.Throws<InvariantViolationException>(() => _log.ApplyAt(5, Batches.Plain()));
        Assert.Contains("[5, 6)", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partition_without_an_owner_takes_no_batch() =>
        Assert.Throws<InvariantViolationException>(() => new PartitionLog().Decide(Batches.Plain()));

    [Fact]
    public void A_batch_of_just_the_greatest_size_is_taken_and_one_byte_more_is_refused()
    {
        var rules = new AppendRules { MaxMessageBytes = 1000 };
        RecordBatchHeader fits = Batches.Plain() with { BatchLength = 1000 - RecordBatchHeader.LengthOverhead };

        Assert.Equal(ErrorCode.None, _log.DecideAppend(fits, rules, Batches.Now).Error);
        AppendDecision refused = _log.DecideAppend(fits with { BatchLength = fits.BatchLength + 1 }, rules, Batches.Now);
        Assert.Equal(ErrorCode.MessageTooLarge, refused.Error);
        Assert.Contains("max.message.bytes", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(0, 0)]
    [InlineData(3, 1)]
    [InlineData(-1, -2)]
    [InlineData(int.MinValue, int.MaxValue)]
    public void A_record_count_that_disagrees_with_the_offsets_is_refused(int records, int lastOffsetDelta) =>
        Assert.Equal(ErrorCode.InvalidRecord, _log.Decide(Batches.Plain() with { RecordCount = records, LastOffsetDelta = lastOffsetDelta }).Error);

    [Fact]
    public void Control_batches_from_clients_are_refused() =>
        Assert.Equal(ErrorCode.InvalidRecord, _log.Decide(Batches.Plain() with { Attributes = 0x20 }).Error);

    [Fact]
    public void Transactional_batches_are_refused_while_there_are_no_transactions() =>
        Assert.Equal(ErrorCode.InvalidTxnState, _log.Decide(Batches.From(1, 0, 0) with { Attributes = 0x10 }).Error);

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    public void An_idempotent_batch_without_sequence_or_epoch_is_refused(int sequence, short epoch) =>
        Assert.Equal(ErrorCode.InvalidRecord, _log.Decide(Batches.From(1, epoch, sequence)).Error);

    [Theory]
    [InlineData(0, ErrorCode.None)]
    [InlineData(1000, ErrorCode.None)]
    [InlineData(1001, ErrorCode.InvalidTimestamp)]
    [InlineData(-500, ErrorCode.None)]
    [InlineData(-501, ErrorCode.InvalidTimestamp)]
    public void A_timestamp_may_lie_as_far_from_now_as_the_topic_allows(long distance, ErrorCode expected)
    {
        var rules = new AppendRules { TimestampBeforeMaxMs = 500, TimestampAfterMaxMs = 1000 };
        Assert.Equal(expected, _log.DecideAppend(Batches.Plain(timestamp: Batches.Now.UnixMs + distance), rules, Batches.Now).Error);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-2)]
    [InlineData(-1)]
    [InlineData(0)]
    public void By_default_a_timestamp_may_be_as_old_as_it_likes_or_absent(long timestamp) =>
        Assert.Equal(ErrorCode.None, _log.Decide(Batches.Plain(timestamp: timestamp)).Error);

    [Fact]
    public void By_default_a_timestamp_more_than_an_hour_ahead_is_refused()
    {
        Assert.Equal(ErrorCode.None, _log.Decide(Batches.Plain(timestamp: Batches.Now.UnixMs + 3_600_000)).Error);
        Assert.Equal(ErrorCode.InvalidTimestamp, _log.Decide(Batches.Plain(timestamp: Batches.Now.UnixMs + 3_600_001)).Error);
        Assert.Equal(ErrorCode.InvalidTimestamp, _log.Decide(Batches.Plain(timestamp: long.MaxValue)).Error);
    }

    [Fact]
    public void Under_LogAppendTime_the_decision_carries_the_brokers_time_and_producers_times_do_not_matter()
    {
        var rules = new AppendRules { TimestampType = TimestampType.LogAppendTime };
        AppendDecision decision = _log.DecideAppend(Batches.Plain(timestamp: long.MaxValue), rules, Batches.Now);

        Assert.Equal(ErrorCode.None, decision.Error);
        Assert.Equal(Batches.Now, decision.LogAppendTimestamp);
        Assert.Equal(Timestamp.None, _log.Decide(Batches.Plain()).LogAppendTimestamp);
    }

    [Fact]
    public void A_producer_may_not_mark_its_timestamps_as_the_brokers() =>
        Assert.Equal(ErrorCode.InvalidTimestamp, _log.Decide(Batches.Plain() with { Attributes = 0x08 }).Error);

    [Fact]
    public void The_greatest_timestamp_is_kept()
    {
        Assert.Equal(-1, _log.MaxTimestamp);
        _log.Append(Batches.Plain(timestamp: 500));
        _log.Append(Batches.Plain(timestamp: 300));
        Assert.Equal(500, _log.MaxTimestamp);
    }

    [Fact]
    public void A_refusal_carries_the_log_start_and_no_offset()
    {
        AppendDecision refused = _log.Decide(Batches.Plain() with { Attributes = 0x20 });
        Assert.Equal(-1, refused.BaseOffset.Value);
        Assert.Equal(0, refused.LogStartOffset.Value);
        Assert.False(refused.IsAccepted);
    }

    [Fact]
    public void Appending_allocates_nothing_once_the_index_run_is_there()
    {
        RecordBatchHeader batch = Batches.From(9, 0, 0);
        _log.Append(batch);
        Run(1, 10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(11, 100);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run(int from, int to)
        {
            for (int sequence = from; sequence <= to; sequence++)
            {
                _log.Append(batch with { BaseSequence = sequence });
                _log.Commit();
            }
        }
    }
}
