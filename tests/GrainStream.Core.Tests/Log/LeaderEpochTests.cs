using GrainStream.Core.Log;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Log;

public sealed class LeaderEpochTests
{
    [Theory]
    [InlineData(-1, ErrorCode.None)]
    [InlineData(5, ErrorCode.None)]
    [InlineData(4, ErrorCode.FencedLeaderEpoch)]
    [InlineData(0, ErrorCode.FencedLeaderEpoch)]
    [InlineData(6, ErrorCode.UnknownLeaderEpoch)]
    public void A_clients_epoch_is_compared_with_the_current_one(int clientEpoch, ErrorCode expected)
    {
        var log = new PartitionLog();
        log.StartEpoch(new LeaderEpoch(5));
        Assert.Equal(expected, log.CheckLeaderEpoch(clientEpoch));
    }

    [Theory]
    [InlineData(-1, -1, -1)]
    [InlineData(0, 0, 2)]
    [InlineData(1, 0, 2)]
    [InlineData(2, 2, 5)]
    [InlineData(4, 2, 5)]
    [InlineData(5, 5, 6)]
    [InlineData(6, -1, -1)]
    public void The_end_of_an_epoch_is_where_the_next_one_began(int asked, int epoch, long endOffset)
    {
        PartitionLog log = LogOfEpochs0And2And5();
        Assert.Equal(new EpochEndOffset(new LeaderEpoch(epoch), new Offset(endOffset)), log.EndOffsetForEpoch(new LeaderEpoch(asked)));
    }

    [Fact]
    public void An_epoch_before_all_known_ones_ended_where_the_first_began()
    {
        var log = new PartitionLog();
        log.ApplyAt(100, Batches.Plain(), epoch: 7);
        Assert.Equal(new EpochEndOffset(new LeaderEpoch(3), new Offset(100)), log.EndOffsetForEpoch(new LeaderEpoch(3)));
    }

    [Fact]
    public void An_epoch_without_records_leaves_no_trace()
    {
        PartitionLog log = Batches.OpenLog();
        log.Append(Batches.Plain());
        log.StartEpoch(new LeaderEpoch(1));
        log.StartEpoch(new LeaderEpoch(2));
        log.Append(Batches.Plain());

        Assert.Equal(new EpochEndOffset(new LeaderEpoch(0), new Offset(1)), log.EndOffsetForEpoch(new LeaderEpoch(1)));
    }

    [Fact]
    public void Replay_and_live_give_the_same_epochs()
    {
        PartitionLog live = LogOfEpochs0And2And5();
        var replayed = new PartitionLog();
        replayed.ApplyAt(0, Batches.Plain(2), epoch: 0);
        replayed.ApplyAt(2, Batches.Plain(3), epoch: 2);
        replayed.ApplyAt(5, Batches.Plain(1), epoch: 5);

        Assert.Equal(live.LeaderEpoch, replayed.LeaderEpoch);
        for (int epoch = -1; epoch < 7; epoch++)
        {
            Assert.Equal(live.EndOffsetForEpoch(new LeaderEpoch(epoch)), replayed.EndOffsetForEpoch(new LeaderEpoch(epoch)));
        }
    }

    [Fact]
    public void Epochs_below_the_log_start_are_forgotten()
    {
        PartitionLog log = LogOfEpochs0And2And5();
        log.Commit();
        log.ApplyLogStart(new Offset(3));

        Assert.Equal(new EpochEndOffset(new LeaderEpoch(0), new Offset(3)), log.EndOffsetForEpoch(new LeaderEpoch(0)));
        Assert.Equal(new EpochEndOffset(new LeaderEpoch(2), new Offset(5)), log.EndOffsetForEpoch(new LeaderEpoch(2)));

        log.ApplyLogStart(new Offset(6));
        Assert.Equal(new EpochEndOffset(new LeaderEpoch(5), new Offset(6)), log.EndOffsetForEpoch(new LeaderEpoch(5)));
        Assert.Equal(new EpochEndOffset(new LeaderEpoch(2), new Offset(6)), log.EndOffsetForEpoch(new LeaderEpoch(2)));
    }

    [Fact]
    public void A_log_without_epochs_knows_no_ends() =>
        Assert.Equal(EpochEndOffset.Unknown, new PartitionLog().EndOffsetForEpoch(new LeaderEpoch(0)));

    [Fact]
    public void A_lower_epoch_is_a_violation()
    {
        PartitionLog log = LogOfEpochs0And2And5();
        Assert.Throws<InvariantViolationException>(() => log.StartEpoch(new LeaderEpoch(4)));
        Assert.Throws<InvariantViolationException>(() => log.ApplyAt(6, Batches.Plain(), epoch: 4));
    }

    private static PartitionLog LogOfEpochs0And2And5()
    {
        PartitionLog log = Batches.OpenLog();
        log.Append(Batches.Plain(2));
        log.StartEpoch(new LeaderEpoch(2));
        log.Append(Batches.Plain(3));
        log.StartEpoch(new LeaderEpoch(5));
        log.Append(Batches.Plain(1));
        return log;
    }
}
