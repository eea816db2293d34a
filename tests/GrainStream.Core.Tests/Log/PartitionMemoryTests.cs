using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Tests.Log;

[CollectionDefinition(nameof(PartitionMemoryTests), DisableParallelization = true)]
[Collection(nameof(PartitionMemoryTests))]
public sealed class PartitionMemoryTests
{
    [Fact]
    public void An_empty_partition_costs_less_than_400_bytes() => Assert.InRange(BytesEach(_ => { }), 1, 400);

    [Fact]
    public void A_partition_that_was_written_by_an_idempotent_producer_and_went_idle_costs_less_than_1_KB() =>
        Assert.InRange(
            BytesEach(log =>
            {
                for (int sequence = 0; sequence < 50; sequence++)
                {
                    RecordBatchHeader batch = Batches.From(1, 0, sequence, records: 3) with { BaseSequence = sequence * 3 };
                    log.Append(batch);
                }

                log.Commit();
            }),
            1,
            1000);

    [Fact]
    public void Raising_the_log_start_releases_the_index_below_it()
    {
        var index = new TailIndex();
        for (int i = 0; i < 100_000; i++)
        {
            index.Add(new Offset(i), new Offset(i + 1), new JournalPosition(i * 64L), 64, 64, -1, startsRun: true);
        }

        long full = Memory.RetainedBytes();
        index.TrimBefore(new Offset(99_990));
        Assert.InRange(full - Memory.RetainedBytes(), 3_000_000, 3_500_000);
        Assert.Equal(10, index.Count);
    }

    private static long BytesEach(Action<PartitionLog> prepare)
    {
        const int Count = 1000;
        var logs = new PartitionLog[Count];
        long before = Memory.RetainedBytes();
        for (int i = 0; i < Count; i++)
        {
            logs[i] = Batches.OpenLog();
            prepare(logs[i]);
        }

        long each = (Memory.RetainedBytes() - before) / Count;
        GC.KeepAlive(logs);
        return each;
    }
}
