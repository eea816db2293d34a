namespace GrainStream.Gateway.Http.Metrics;

/// <summary><c>Histogram</c>: measurements are counted in fixed buckets and summed.</summary>
/// <param name="name">Prometheus name.</param>
/// <param name="help">The instrument's description.</param>
/// <param name="fixedTags">Tags of the instrument and its meter.</param>
/// <param name="bounds">Upper bounds of the buckets, inclusive, ascending; a last bucket without bound follows.</param>
internal sealed class HistogramFamily(
    string name, string? help, IEnumerable<KeyValuePair<string, object?>> fixedTags, double[] bounds)
    : MetricFamily<HistogramFamily.Series>(name, MetricType.Histogram, help, fixedTags)
{
    /// <summary>OpenTelemetry's default bounds, for an instrument that gives no advice.</summary>
    public static readonly double[] DefaultBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    public override void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => Record((double)value, tags);

    public override void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // Counting a value that is not a number would spoil the sum for good.
        if (!double.IsNaN(value))
        {
            SeriesOf(tags).Add(BucketOf(value), value);
        }
    }

    protected override Series CreateSeries() => new(bounds.Length + 1);

    protected override void WriteSeries(PrometheusText text, string labels, Series series)
    {
        long cumulative = 0;
        for (int bucket = 0; bucket <= bounds.Length; bucket++)
        {
            cumulative += series.CountIn(bucket);
            text.Bucket(Name, labels, bucket < bounds.Length ? bounds[bucket] : double.PositiveInfinity, cumulative);
        }

        text.Sample(Name, "_sum", labels, series.Sum);

        // Not a count of its own: the format demands that it equals the last bucket, also while measurements arrive.
        text.Sample(Name, "_count", labels, cumulative);
    }

    private int BucketOf(double value)
    {
        int index = Array.BinarySearch(bounds, value);
        return index < 0 ? ~index : index;
    }

    /// <summary>Counts by bucket, and the sum.</summary>
    internal sealed class Series(int buckets)
    {
        private readonly long[] _counts = new long[buckets];
        private double _sum;

        public double Sum => Volatile.Read(ref _sum);

        public long CountIn(int bucket) => Interlocked.Read(ref _counts[bucket]);

        public void Add(int bucket, double value)
        {
            Interlocked.Increment(ref _counts[bucket]);
            AtomicDouble.Add(ref _sum, value);
        }
    }
}
