namespace GrainStream.Gateway.Http.Metrics;

/// <summary><c>Counter</c> and <c>UpDownCounter</c>: measurements are added.</summary>
internal sealed class SumFamily(string name, MetricType type, string? help, IEnumerable<KeyValuePair<string, object?>> fixedTags)
    : MetricFamily<SumFamily.Series>(name, type, help, fixedTags)
{
    public override void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => SeriesOf(tags).Add(value);

    public override void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => SeriesOf(tags).Add(value);

    protected override Series CreateSeries() => new();

    protected override void WriteSeries(PrometheusText text, string labels, Series series) =>
        text.Sample(Name, "", labels, series.Value);

    /// <summary>A sum. Whole numbers, the common case, are added without a retry loop.</summary>
    internal sealed class Series
    {
        private long _whole;
        private double _fractional;

        public double Value => Interlocked.Read(ref _whole) + Volatile.Read(ref _fractional);

        public void Add(long value) => Interlocked.Add(ref _whole, value);

        public void Add(double value) => AtomicDouble.Add(ref _fractional, value);
    }
}
