using GrainStream.Core.Log;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Log;

public sealed class IdempotentProducerTests
{
    private const long Producer = 42;
    private readonly PartitionLog _log = Batches.OpenLog();

    [Fact]
    public void Sequences_that_follow_are_taken()
    {
        Assert.True(_log.Append(Batches.From(Producer, 0, 0, records: 3)).IsAccepted);
        Assert.True(_log.Append(Batches.From(Producer, 0, 3, records: 2)).IsAccepted);
        Assert.True(_log.Append(Batches.From(Producer, 0, 5)).IsAccepted);
        Assert.Equal(6, _log.LogEndOffset.Value);
    }

    [Fact]
    public void A_repeated_batch_is_answered_with_the_offsets_it_got_first()
    {
        _log.Append(Batches.Plain(records: 10));
        _log.Append(Batches.From(Producer, 0, 0, records: 3));
        _log.Append(Batches.From(Producer, 0, 3, records: 2));

        AppendDecision duplicate = _log.Append(Batches.From(Producer, 0, 0, records: 3));

        Assert.True(duplicate.IsDuplicate);
        Assert.False(duplicate.IsAccepted);
        Assert.Equal(ErrorCode.None, duplicate.Error);
        Assert.Equal(10, duplicate.BaseOffset.Value);
        Assert.Equal(13, duplicate.End.Value);
        Assert.Equal(15, _log.LogEndOffset.Value);
    }

    [Fact]
    public void A_duplicate_names_the_end_of_the_original_so_that_its_answer_can_wait_for_durability()
    {
        _log.Append(Batches.From(Producer, 0, 0, records: 3));
        AppendDecision duplicate = _log.Append(Batches.From(Producer, 0, 0, records: 3));
        Assert.True(duplicate.End > _log.HighWatermark);
        _log.Commit();
        Assert.True(duplicate.End <= _log.HighWatermark);
    }

    [Fact]
    public void A_duplicate_under_LogAppendTime_is_answered_with_the_first_timestamp()
    {
        var rules = new AppendRules { TimestampType = TimestampType.LogAppendTime };
        var first = new Timestamp(1000);
        AppendDecision decision = _log.DecideAppend(Batches.From(Producer, 0, 0), rules, first);
        _log.ApplyAt(0, Batches.From(Producer, 0, 0) with { Attributes = 0x08, MaxTimestamp = decision.LogAppendTimestamp.UnixMs });

        Assert.Equal(first, _log.DecideAppend(Batches.From(Producer, 0, 0), rules, new Timestamp(2000)).LogAppendTimestamp);
    }

    [Fact]
    public void The_last_five_batches_are_known_as_duplicates_and_an_older_one_is_out_of_order()
    {
        for (int sequence = 0; sequence < 6; sequence++)
        {
            _log.Append(Batches.From(Producer, 0, sequence));
        }

        for (int sequence = 1; sequence < 6; sequence++)
        {
            AppendDecision duplicate = _log.Decide(Batches.From(Producer, 0, sequence));
            Assert.True(duplicate.IsDuplicate);
            Assert.Equal(sequence, duplicate.BaseOffset.Value);
        }

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _log.Decide(Batches.From(Producer, 0, 0)).Error);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(2, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    public void A_gap_or_a_batch_cut_differently_is_out_of_order(int sequence, int records)
    {
        _log.Append(Batches.From(Producer, 0, 0, records: 3));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _log.Decide(Batches.From(Producer, 0, sequence, records)).Error);
    }

    [Fact]
    public void A_stale_epoch_is_fenced()
    {
        _log.Append(Batches.From(Producer, 1, 0));
        AppendDecision refused = _log.Decide(Batches.From(Producer, 0, 1));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, refused.Error);
        Assert.NotNull(refused.Message);
    }

    [Fact]
    public void A_new_epoch_must_begin_at_sequence_zero()
    {
        _log.Append(Batches.From(Producer, 0, 0, records: 3));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _log.Decide(Batches.From(Producer, 1, 3)).Error);
        Assert.True(_log.Append(Batches.From(Producer, 1, 0)).IsAccepted);
    }

    [Fact]
    public void A_batch_of_the_last_epoch_is_no_duplicate_in_the_new_one()
    {
        _log.Append(Batches.From(Producer, 0, 0));
        AppendDecision decision = _log.Append(Batches.From(Producer, 1, 0));
        Assert.True(decision.IsAccepted);
        Assert.Equal(1, decision.BaseOffset.Value);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, _log.Decide(Batches.From(Producer, 0, 0)).Error);
    }

    [Fact]
    public void An_unknown_producer_may_begin_at_any_sequence() =>
        Assert.True(_log.Append(Batches.From(Producer, 3, 1000)).IsAccepted);

    [Theory]
    [InlineData(int.MaxValue, 1, 0)]
    [InlineData(int.MaxValue, 2, 1)]
    [InlineData(int.MaxValue - 2, 5, 2)]
    [InlineData(int.MaxValue - 1, 1, int.MaxValue)]
    public void Sequences_wrap_from_the_greatest_int_to_zero(int sequence, int records, int next)
    {
        _log.Append(Batches.From(Producer, 0, sequence, records));
        Assert.True(_log.Decide(Batches.From(Producer, 0, sequence, records)).IsDuplicate);
        Assert.True(_log.Append(Batches.From(Producer, 0, next)).IsAccepted);
    }

    [Fact]
    public void Producers_do_not_disturb_each_other()
    {
        for (int sequence = 0; sequence < 20; sequence++)
        {
            for (long producer = 0; producer < 30; producer++)
            {
                Assert.True(_log.Append(Batches.From(producer, 0, sequence)).IsAccepted);
            }
        }

        Assert.Equal(30, _log.ProducerCount);
    }

    [Fact]
    public void A_producer_silent_for_longer_than_the_expiration_is_forgotten()
    {
        var expiration = TimeSpan.FromMilliseconds(1000);
        _log.Append(Batches.From(1, 0, 0), now: After(5000));
        _log.Append(Batches.From(2, 0, 0), now: After(5500));

        Assert.Equal(0, _log.ExpireProducers(After(6000), expiration));
        Assert.Equal(1, _log.ExpireProducers(After(6001), expiration));
        Assert.Equal(1, _log.ProducerCount);
        Assert.True(_log.Decide(Batches.From(1, 0, 77)).IsAccepted);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _log.Decide(Batches.From(2, 0, 77)).Error);
    }

    [Fact]
    public void Writing_again_postpones_the_expiry_whatever_the_records_timestamps()
    {
        var expiration = TimeSpan.FromMilliseconds(1000);
        _log.Append(Batches.From(1, 0, 0), now: After(5000));
        _log.Append(Batches.From(2, 0, 0), now: After(5000));
        _log.Append(Batches.From(1, 0, 1) with { BaseTimestamp = 1, MaxTimestamp = 1 }, now: After(6000));

        Assert.Equal(1, _log.ExpireProducers(After(6500), expiration));
        Assert.True(_log.Decide(Batches.From(1, 0, 1)).IsDuplicate);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(20)]
    public void One_producer_too_many_pushes_out_the_one_silent_for_longest(int bound)
    {
        PartitionLog log = Batches.OpenLog(maxProducers: bound);
        for (long producer = 0; producer < bound; producer++)
        {
            log.Append(Batches.From(producer, 0, 0));
        }

        log.Append(Batches.From(0, 0, 1));
        log.Append(Batches.From(1000, 0, 0));

        Assert.Equal(bound, log.ProducerCount);
        Assert.True(log.Decide(Batches.From(0, 0, 1)).IsDuplicate);
        Assert.True(log.Decide(Batches.From(1000, 0, 0)).IsDuplicate);
        Assert.True(log.Decide(Batches.From(1, 0, 0)).IsAccepted);
        Assert.True(log.Decide(Batches.From(2, 0, 0)).IsDuplicate);
    }

    [Fact]
    public void All_producers_can_expire_and_come_back()
    {
        for (long producer = 0; producer < 50; producer++)
        {
            _log.Append(Batches.From(producer, 0, 0), now: After(producer));
        }

        Assert.Equal(40, _log.ExpireProducers(After(140), TimeSpan.FromMilliseconds(100)));
        Assert.Equal(10, _log.ProducerCount);
        Assert.Equal(10, _log.ExpireProducers(After(1000), TimeSpan.FromMilliseconds(100)));
        Assert.Equal(0, _log.ProducerCount);
        Assert.True(_log.Append(Batches.From(3, 0, 9)).IsAccepted);
        Assert.Equal(1, _log.ProducerCount);
    }

    [Fact]
    public void Replay_rebuilds_what_producers_are_known_by()
    {
        _log.Append(Batches.From(Producer, 2, 10, records: 5));
        var replayed = new PartitionLog();
        replayed.ApplyAt(0, Batches.From(Producer, 2, 10, records: 5), epoch: 0);
        replayed.Commit();
        replayed.StartEpoch(new LeaderEpoch(1));

        Assert.Equal(_log.Decide(Batches.From(Producer, 2, 10, records: 5)), replayed.Decide(Batches.From(Producer, 2, 10, records: 5)));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, replayed.Decide(Batches.From(Producer, 2, 16)).Error);
        Assert.True(replayed.Append(Batches.From(Producer, 2, 15)).IsAccepted);
    }

    private static Timestamp After(long ms) => new(Batches.Now.UnixMs + ms);
}
