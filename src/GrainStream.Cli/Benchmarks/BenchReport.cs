using GrainStream.Cli.Output;
using GrainStream.Cli.Values;

namespace GrainStream.Cli.Benchmarks;

/// <summary>What a measurement came to.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Records">How many went through.</param>
/// <param name="Bytes">Of keys and values.</param>
/// <param name="Elapsed">In what time.</param>
/// <param name="Latencies">The times that were measured.</param>
/// <param name="LatencyName">What they are the times of.</param>
internal sealed record BenchReport(string Topic, long Records, long Bytes, TimeSpan Elapsed, LatencyHistogram Latencies, string LatencyName)
{
    private const double Megabyte = 1_000_000;

    public void Print(CommandOutput output)
    {
        double seconds = Math.Max(Elapsed.TotalSeconds, 1e-9);
        if (output.IsJson)
        {
            output.WriteJson(new
            {
                topic = Topic,
                records = Records,
                bytes = Bytes,
                seconds = Math.Round(Elapsed.TotalSeconds, 3),
                recordsPerSecond = Math.Round(Records / seconds),
                megabytesPerSecond = Math.Round(Bytes / seconds / Megabyte, 2),
                latencyOf = LatencyName,
                latencyMs = new
                {
                    mean = Milliseconds(Latencies.Mean),
                    p50 = Milliseconds(Latencies.Percentile(0.50)),
                    p95 = Milliseconds(Latencies.Percentile(0.95)),
                    p99 = Milliseconds(Latencies.Percentile(0.99)),
                    p999 = Milliseconds(Latencies.Percentile(0.999)),
                    max = Milliseconds(Latencies.Max),
                },
            });
            return;
        }

        output.WriteTable(
            [">records", ">seconds", ">records/s", ">MB/s", ">mean ms", ">p50", ">p95", ">p99", ">p99.9", ">max"],
            [[
                Numbers.Of(Records),
                Numbers.Of(Elapsed.TotalSeconds, 2),
                Numbers.Of(Records / seconds, 0),
                Numbers.Of(Bytes / seconds / Megabyte, 1),
                Text(Latencies.Mean),
                Text(Latencies.Percentile(0.50)),
                Text(Latencies.Percentile(0.95)),
                Text(Latencies.Percentile(0.99)),
                Text(Latencies.Percentile(0.999)),
                Text(Latencies.Max),
            ]]);
        output.Say($"Milliseconds are {LatencyName}.");
    }

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);

    private static string Text(TimeSpan time) => Numbers.Of(time.TotalMilliseconds, 2);
}
