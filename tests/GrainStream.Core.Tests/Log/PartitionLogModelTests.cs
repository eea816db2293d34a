using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Tests.Log;

/// <summary>
/// Random appends, repeats, reorderings and epochs against a model that keeps every batch and decides by looking through all of them.
/// The seed is in the test's name; a failing one reproduces.
/// </summary>
public sealed class PartitionLogModelTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_histories_agree_with_the_model(int seed)
    {
        var random = new Random(seed);
        PartitionLog log = Batches.OpenLog();
        var model = new Model();
        for (int step = 0; step < 2000; step++)
        {
            switch (random.Next(20))
            {
                case 0:
                    log.Synced(new Offset(random.NextInt64(log.HighWatermark.Value, log.LogEndOffset.Value + 1)));
                    break;
                case 1 when random.Next(10) == 0:
                    log.StartEpoch(new LeaderEpoch(log.LeaderEpoch.Value + random.Next(3)));
                    break;
                case 2 when random.Next(10) == 0:
                    LogStartDecision decision = log.DecideLogStart(new Offset(random.NextInt64(-1, log.LogEndOffset.Value + 2)));
                    if (decision.IsChange)
                    {
                        log.ApplyLogStart(decision.LogStartOffset);
                    }

                    break;
                case 3 when random.Next(10) == 0:
                    log.ApplyTiered(new Offset(random.NextInt64(log.HighWatermark.Value + 1)));
                    break;
                case 4 when random.Next(20) == 0:
                    PartitionLog restored = Checkpoints.Restored(Checkpoints.Of(log));
                    Checkpoints.AssertSame(log, restored);
                    log = restored;
                    break;
                default:
                    AppendOne(random, log, model);
                    break;
            }

            Assert.True(log.LogStartOffset <= log.TieredEnd && log.TieredEnd <= log.HighWatermark && log.HighWatermark <= log.LogEndOffset);
        }

        AssertReplayAgrees(random, log, model);
    }

    private static void AppendOne(Random random, PartitionLog log, Model model)
    {
        RecordBatchHeader batch = model.NextBatch(random);
        (ErrorCode error, Appended? original) = model.Judge(batch);

        AppendDecision decision = log.Decide(batch);

        Assert.Equal(error, decision.Error);
        Assert.Equal(original is not null, decision.IsDuplicate);
        if (original is not null)
        {
            Assert.Equal((original.Header.BaseOffset, original.Header.NextOffset), (decision.BaseOffset.Value, decision.End.Value));
        }

        // A decision that the journal refuses leaves no trace.
        if (decision.IsAccepted && random.Next(10) != 0)
        {
            Assert.Equal(log.LogEndOffset, decision.BaseOffset);
            RecordBatchHeader appended = batch with { BaseOffset = decision.BaseOffset.Value };
            model.Log.Add(new Appended(appended, log.LeaderEpoch.Value));
            log.ApplyAt(appended.BaseOffset, batch);
            Assert.Equal(decision.End, log.LogEndOffset);
        }
    }

    private static void AssertReplayAgrees(Random random, PartitionLog log, Model model)
    {
        var replayed = new PartitionLog();
        foreach (Appended batch in model.Log)
        {
            replayed.ApplyAt(batch.Header.BaseOffset, batch.Header, batch.LeaderEpoch);
        }

        replayed.StartEpoch(log.LeaderEpoch);
        Assert.Equal(log.LogEndOffset, replayed.LogEndOffset);
        Assert.Equal(log.MaxTimestamp, replayed.MaxTimestamp);
        Assert.Equal(log.ProducerCount, replayed.ProducerCount);
        for (int i = 0; i < 200; i++)
        {
            RecordBatchHeader batch = model.NextBatch(random);
            Assert.Equal(log.Decide(batch).Error, replayed.Decide(batch).Error);
            Assert.Equal(log.Decide(batch).BaseOffset, replayed.Decide(batch).BaseOffset);
        }

        for (int offset = 0; offset < log.LogEndOffset.Value; offset += 37)
        {
            Assert.True(replayed.Index.Snapshot().TryFind(new Offset(offset), out long run));
            Assert.True(replayed.Index.Snapshot()[run].BaseOffset.Value <= offset);
        }
    }

    private sealed record Appended(RecordBatchHeader Header, int LeaderEpoch);

    private sealed class Model
    {
        public List<Appended> Log { get; } = [];

        public RecordBatchHeader NextBatch(Random random)
        {
            if (random.Next(8) == 0)
            {
                return Batches.Plain(random.Next(1, 5), random.Next(5000));
            }

            long producer = random.Next(12);
            Appended[] own = [.. Log.Where(entry => entry.Header.ProducerId == producer)];
            int records = random.Next(1, 5);
            if (own.Length == 0)
            {
                return Batches.From(producer, 0, random.Next(2) == 0 ? 0 : int.MaxValue - 5, records);
            }

            RecordBatchHeader last = own[^1].Header;
            RecordBatchHeader some = own[^Math.Min(own.Length, random.Next(1, 9))].Header;
            int next = last.LastSequence == int.MaxValue ? 0 : last.LastSequence + 1;
            return random.Next(10) switch
            {
                0 or 1 => some,
                2 => some with { ProducerEpoch = (short)Math.Max(0, some.ProducerEpoch - 1) },
                3 => Batches.From(producer, last.ProducerEpoch, (next + random.Next(-3, 4)) & int.MaxValue, records),
                4 when random.Next(3) == 0 => Batches.From(producer, (short)(last.ProducerEpoch + 1), random.Next(2), records),
                _ => Batches.From(producer, last.ProducerEpoch, next, records),
            };
        }

        public (ErrorCode Error, Appended? Original) Judge(RecordBatchHeader batch)
        {
            if (!batch.HasProducer)
            {
                return (ErrorCode.None, null);
            }

            Appended[] own = [.. Log.Where(entry => entry.Header.ProducerId == batch.ProducerId)];
            if (own.Length == 0)
            {
                return (ErrorCode.None, null);
            }

            RecordBatchHeader last = own[^1].Header;
            Appended? original = own.Where(entry => entry.Header.ProducerEpoch == last.ProducerEpoch).TakeLast(5).FirstOrDefault(entry =>
                batch.ProducerEpoch == last.ProducerEpoch &&
                entry.Header.BaseSequence == batch.BaseSequence &&
                entry.Header.RecordCount == batch.RecordCount);
            if (original is not null)
            {
                return (ErrorCode.None, original);
            }

            if (batch.ProducerEpoch < last.ProducerEpoch)
            {
                return (ErrorCode.InvalidProducerEpoch, null);
            }

            long expected = batch.ProducerEpoch > last.ProducerEpoch ? 0 : (last.BaseSequence + (long)last.RecordCount) % (int.MaxValue + 1L);
            return (batch.BaseSequence == expected ? ErrorCode.None : ErrorCode.OutOfOrderSequenceNumber, null);
        }
    }
}
