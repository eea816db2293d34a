namespace GrainStream.Gateway.Http.Metrics;

/// <summary>
/// <c>Gauge</c> and the observable instruments: the last measurement stands. A series of an observable instrument
/// that the instrument no longer reports is no longer shown.
/// </summary>
internal sealed class LastValueFamily(
    string name, MetricType type, string? help, IEnumerable<KeyValuePair<string, object?>> fixedTags, bool observed)
    : MetricFamily<LastValueFamily.Series>(name, type, help, fixedTags)
{
    private long _scrape;

    public override void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => Record((double)value, tags);

    public override void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        SeriesOf(tags).Set(value, Volatile.Read(ref _scrape));

    public override void BeginScrape() => Interlocked.Increment(ref _scrape);

    public override void Write(PrometheusText text)
    {
        base.Write(text);
        if (observed)
        {
            RemoveStale();
        }
    }

    protected override Series CreateSeries() => new();

    protected override bool IsCurrent(Series series) => !observed || series.Scrape == Volatile.Read(ref _scrape);

    protected override void WriteSeries(PrometheusText text, string labels, Series series) =>
        text.Sample(Name, "", labels, series.Value);

    /// <summary>The last value and the scrape it was reported in.</summary>
    internal sealed class Series
    {
        private double _value;
        private long _scrape = -1;

        public double Value => Volatile.Read(ref _value);

        public long Scrape => Volatile.Read(ref _scrape);

        public void Set(double value, long scrape)
        {
            Volatile.Write(ref _value, value);
            Volatile.Write(ref _scrape, scrape);
        }
    }
}
