using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Tests.Log;

public sealed class PartitionCheckpointTests
{
    // As written by format 1. It is on people's disks: a change here is a change of format.
    private const string Stored =
        "01000000 01000000 01000000 02000000" +
        "0200000000000000 0500000000000000 0900000000000000 e803000000000000" +
        "03000000 0200000000000000" +
        "0700000000000000 0100 01 0400000000000000 ffffffffffffffff 02000000 05000000" +
        "0400000000000000 0700000000000000 0010000000000000 0011000000000000 e803000000000000 c800000000000000" +
        "0700000000000000 0900000000000000 0008000000000000 4008000000000000 ffffffffffffffff 4000000000000000";

    [Fact]
    public void A_stored_checkpoint_is_read_and_written_back_alike()
    {
        byte[] bytes = Bytes(Stored);
        Assert.True(PartitionCheckpointCodec.TryDecode(bytes, out PartitionCheckpoint? checkpoint, out string? error), error);
        Assert.Equal((2L, 5L, 9L, 1000L), (
            checkpoint.LogStartOffset.Value, checkpoint.TieredEnd.Value, checkpoint.LogEndOffset.Value, checkpoint.MaxTimestamp));
        Assert.Equal(new EpochStart(new LeaderEpoch(3), new Offset(2)), Assert.Single(checkpoint.Epochs));
        RememberedProducer producer = Assert.Single(checkpoint.Producers);
        Assert.Equal((7L, 1, new ProducedBatch(new Offset(4), Timestamp.None, 2, 5)), (producer.Id, producer.Epoch, Assert.Single(producer.Batches)));
        Assert.Equal(
            [
                new TailRun(new Offset(4), new Offset(7), new JournalPosition(4096), new JournalPosition(4352), 1000, 200),
                new TailRun(new Offset(7), new Offset(9), new JournalPosition(2048), new JournalPosition(2112), -1, 64),
            ],
            checkpoint.Runs);
        Assert.Equal(bytes, PartitionCheckpointCodec.Encode(checkpoint));
    }

    [Theory]
    [InlineData(0, 2, "newer GrainStream")]
    [InlineData(1, 1, "no head")]
    [InlineData(4, 9, "do not fill")]
    [InlineData(8, 0, "do not fill")]
    [InlineData(15, 255, "do not fill")]
    [InlineData(16, 6, "do not ascend")]
    [InlineData(24, 10, "do not ascend")]
    [InlineData(32, 8, "has a batch at 4|runs end at offset 9")]
    [InlineData(52, 10, "leader epoch 3")]
    [InlineData(69, 255, "producer 7")]
    [InlineData(70, 2, "do not fill")]
    [InlineData(71, 9, "has a batch at 9")]
    [InlineData(90, 255, "has a batch at 4")]
    [InlineData(94, 255, "has a batch at 4")]
    [InlineData(95, 6, "beyond the tiered end")]
    [InlineData(103, 6, "run at offset 7 does not follow")]
    [InlineData(120, 0, "run at offset 4")]
    [InlineData(142, 1, "run at offset 4")]
    [InlineData(143, 8, "run at offset 8")]
    [InlineData(40, 1, "")]
    public void A_checkpoint_that_cannot_be_is_refused_and_says_why(int at, byte value, string expected)
    {
        byte[] bytes = Bytes(Stored);
        bytes[at] = value;
        bool isRead = PartitionCheckpointCodec.TryDecode(bytes, out _, out string? error);
        Assert.Equal(expected.Length == 0, isRead);
        Assert.True(isRead || expected.Split('|').Any(part => error!.Contains(part, StringComparison.Ordinal)), error);
    }

    [Fact]
    public void No_bytes_make_the_decoder_throw()
    {
        byte[] bytes = Bytes(Stored);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(PartitionCheckpointCodec.TryDecode(bytes.AsSpan(0, length), out _, out string? error));
            Assert.NotEmpty(error);
        }

        Assert.False(PartitionCheckpointCodec.TryDecode([.. bytes, 0], out _, out _));
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] mutated = [.. bytes];
            for (int changes = random.Next(1, 6); changes > 0; changes--)
            {
                mutated[random.Next(mutated.Length)] = random.Next(3) == 0 ? (byte)255 : (byte)random.Next(256);
            }

            bool isRead = PartitionCheckpointCodec.TryDecode(mutated, out PartitionCheckpoint? checkpoint, out string? error);
            Assert.Equal(isRead, error is null);
            if (isRead)
            {
                // What is taken for sound can be restored.
                new PartitionLog().Restore(checkpoint!, Batches.Now);
            }
        }
    }

    [Fact]
    public void A_partition_without_a_tail_has_a_checkpoint_of_60_bytes()
    {
        PartitionLog log = Batches.OpenLog();
        log.Append(Batches.Plain(10));
        log.Commit();
        log.ApplyTiered(log.LogEndOffset);
        PartitionCheckpoint checkpoint = log.CreateCheckpoint([], log.TieredEnd);
        Assert.Empty(checkpoint.Runs);
        Assert.Equal(60, PartitionCheckpointCodec.Encode(checkpoint).Length);
        Assert.Equal(10, Checkpoints.Restored(checkpoint).Append(Batches.Plain()).BaseOffset.Value);
    }

    [Fact]
    public void A_restored_log_knows_the_duplicates_that_the_old_one_knew()
    {
        PartitionLog log = Batches.OpenLog();
        for (int sequence = 0; sequence < 8; sequence++)
        {
            log.Append(Batches.From(7, 1, sequence));
            log.Append(Batches.From(8, 0, sequence));
        }

        PartitionLog restored = Checkpoints.Restored(Checkpoints.Of(log));
        restored.StartEpoch(new LeaderEpoch(0));
        AppendDecision duplicate = restored.Decide(Batches.From(7, 1, 3));
        Assert.True(duplicate.IsDuplicate);
        Assert.Equal(6, duplicate.BaseOffset.Value);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, restored.Decide(Batches.From(7, 1, 2)).Error);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, restored.Decide(Batches.From(8, 0, 9)).Error);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, restored.Decide(Batches.From(7, 0, 8)).Error);
        Assert.True(restored.Decide(Batches.From(8, 0, 8)).IsAccepted);
    }

    [Fact]
    public void The_producer_silent_for_longest_is_still_the_first_to_be_forgotten()
    {
        var log = new PartitionLog(maxProducers: 3);
        log.StartEpoch(new LeaderEpoch(0));
        foreach (long producer in new long[] { 1, 2, 3 })
        {
            log.Append(Batches.From(producer, 0, 0));
        }

        log.Append(Batches.From(1, 0, 1));
        var restored = new PartitionLog(maxProducers: 3);
        restored.Restore(Checkpoints.Of(log), Batches.Now);
        restored.Append(Batches.From(4, 0, 0));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, restored.Decide(Batches.From(1, 0, 9)).Error);
        Assert.Equal(ErrorCode.None, restored.Decide(Batches.From(2, 0, 9)).Error);
    }

    [Fact]
    public void A_checkpoint_of_another_history_is_refused()
    {
        PartitionLog shorter = Batches.OpenLog();
        shorter.Append(Batches.Plain(3));
        PartitionLog longer = Batches.OpenLog();
        longer.Append(Batches.Plain(4));
        Assert.Throws<InvariantViolationException>(() => longer.Restore(Checkpoints.Of(shorter), Batches.Now));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
