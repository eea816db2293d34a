using GrainStream.Core.Log;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Log;

public sealed class TailIndexConcurrencyTests
{
    private const int FrameBytes = 4096;
    private const int Appends = 300_000;

    /// <summary>
    /// Offset n's frame lies at n * FrameBytes and has timestamp n, so a reader can tell a torn or missing entry from any run it sees.
    /// </summary>
    [Fact]
    public async Task Readers_see_everything_below_the_high_watermark_they_read_first()
    {
        PartitionLog log = Batches.OpenLog();
        using var stop = new CancellationTokenSource();
        Task<long>[] readers = [Task.Run(() => Read(log, 1, stop.Token)), Task.Run(() => Read(log, 2, stop.Token))];

        var random = new Random(3);
        for (int i = 0; i < Appends && !readers.Any(reader => reader.IsFaulted); i++)
        {
            log.Apply(new AppendedBatch(
                Batches.Plain(timestamp: i) with { BaseOffset = i },
                new LeaderEpoch(0),
                new JournalPosition((long)i * FrameBytes),
                FrameBytes,
                StartsRun: random.Next(3) == 0,
                Batches.Now));
            if (random.Next(4) == 0)
            {
                log.Commit();
            }

            if (random.Next(2000) == 0)
            {
                log.ApplyLogStart(random.Next(20) == 0
                    ? log.HighWatermark
                    : new Offset(log.LogStartOffset.Value + (log.HighWatermark - log.LogStartOffset) / 2));
            }
        }

        log.Commit();
        await stop.CancelAsync();
        long[] checks = await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.All(checks, count => Assert.True(count > 0));
    }

    private static long Read(PartitionLog log, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        long checks = 0;
        while (!stop.IsCancellationRequested || checks == 0)
        {
            long highWatermark = log.HighWatermark.Value;
            TailIndexSnapshot runs = log.Index.Snapshot();
            long logStart = log.LogStartOffset.Value;
            if (highWatermark == 0 || logStart >= highWatermark)
            {
                if (stop.IsCancellationRequested)
                {
                    return checks + 1;
                }

                continue;
            }

            long offset = random.NextInt64(logStart, highWatermark);
            Assert.True(runs.TryFind(new Offset(offset), out long number), $"Offset {offset} of [{logStart}, {highWatermark}) not found.");
            RunEntry run = runs[number];
            Assert.Equal(run.BaseOffset.Value * FrameBytes, run.Start.Value);
            Assert.InRange(offset * FrameBytes, run.Start.Value, run.End.Value - FrameBytes);
            Assert.InRange(run.MaxTimestamp, offset, long.MaxValue);
            Assert.True(runs.TryFindByTimestamp(offset, 0, out long byTimestamp));
            Assert.Equal(number, byTimestamp);
            checks++;
        }

        return checks;
    }
}
