using GrainStream.Cli.Clusters;
using GrainStream.Cli.Values;
using GrainStream.Client.Producing;

namespace GrainStream.Cli.Benchmarks;

/// <summary><c>bench produce</c>.</summary>
internal sealed class ProduceBench(ClusterCommand context, string topic, ProducerOptions options)
{
    // Values are windows on random bytes, so that they differ, do not compress, and cost nothing to make.
    private const int PoolBytes = 1 << 20;
    private const int Stride = 977;

    private readonly LatencyHistogram _latencies = new();
    private long _delivered;
    private Exception? _failure;

    /// <exception cref="CommandFailedException">A record was not delivered.</exception>
    public async Task RunAsync(long records, int size, Pace pace, CancellationToken cancellation)
    {
        byte[] pool = new byte[PoolBytes + size];
        new Random(1).NextBytes(pool);
        await using Producer producer = context.Client.CreateProducer(options);

        // Connections and identity are set up before the clock runs.
        await producer.ProduceAsync(new OutgoingRecord(topic) { Value = pool.AsMemory(0, size) }, cancellation);
        long began = TimeProvider.System.GetTimestamp();
        for (long i = 0; i < records && Volatile.Read(ref _failure) is null && !cancellation.IsCancellationRequested; i++)
        {
            await pace.NextAsync(cancellation);
            int at = (int)(i * Stride % PoolBytes);
            await producer.EnqueueAsync(new OutgoingRecord(topic) { Value = pool.AsMemory(at, size) }, Take, cancellation);
        }

        await producer.FlushAsync(CancellationToken.None);
        new BenchReport(topic, _delivered, _delivered * size, TimeProvider.System.GetElapsedTime(began), _latencies, "from taking a record in to its acknowledgement")
            .Print(context.Output);
        if (_failure is { } failure)
        {
            throw new CommandFailedException(ExitCode.Failed, failure.Message);
        }

        cancellation.ThrowIfCancellationRequested();
    }

    private void Take(Delivery delivery)
    {
        if (delivery.Error is { } error)
        {
            Interlocked.CompareExchange(ref _failure, error, null);
            return;
        }

        Interlocked.Increment(ref _delivered);
        _latencies.Add(delivery.Latency);
    }
}
