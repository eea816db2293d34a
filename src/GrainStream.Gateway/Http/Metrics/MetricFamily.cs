using System.Collections.Concurrent;

namespace GrainStream.Gateway.Http.Metrics;

/// <summary>One metric and its series: what an instrument's measurements add up to between scrapes.</summary>
/// <remarks>Measurements arrive on any thread, also while a scrape writes; each series keeps itself consistent.</remarks>
internal abstract class MetricFamily(string name, MetricType type, string? help, IEnumerable<KeyValuePair<string, object?>> fixedTags)
{
    /// <summary>
    /// Series one metric may have; OpenTelemetry's default. More would be a mistake in the choice of tags
    /// and would cost memory here and in the store that scrapes, so they fall together in one overflow series.
    /// </summary>
    public const int MaxSeries = 2000;

    public string Name { get; } = name;
    public MetricType Type { get; } = type;

    protected string? Help { get; } = help;
    protected IEnumerable<KeyValuePair<string, object?>> FixedTags { get; } = fixedTags;

    public abstract void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    public abstract void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    /// <summary>Called before observable instruments are asked for their values.</summary>
    public virtual void BeginScrape()
    {
    }

    /// <summary>Writes the metric if it has any series.</summary>
    public abstract void Write(PrometheusText text);
}

/// <summary>A metric whose series are of one kind of accumulator.</summary>
internal abstract class MetricFamily<TSeries> : MetricFamily
    where TSeries : class
{
    // Found by the tags of a measurement; and by label text, because different tags can come out as the same labels.
    private readonly ConcurrentDictionary<LabelSet, TSeries> _byTags = new(LabelSet.Comparer.Instance);
    private readonly ConcurrentDictionary<LabelSet, TSeries>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _lookup;
    private readonly SortedDictionary<string, TSeries> _byText = new(StringComparer.Ordinal);
    private readonly Lock _adding = new();

    protected MetricFamily(string name, MetricType type, string? help, IEnumerable<KeyValuePair<string, object?>> fixedTags)
        : base(name, type, help, fixedTags) =>
        _lookup = _byTags.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();

    public override void Write(PrometheusText text)
    {
        bool first = true;
        lock (_adding)
        {
            foreach ((string labels, TSeries series) in _byText)
            {
                if (!IsCurrent(series))
                {
                    continue;
                }

                if (first)
                {
                    text.Head(Name, Type, Help);
                    first = false;
                }

                WriteSeries(text, labels, series);
            }
        }
    }

    protected abstract TSeries CreateSeries();

    protected abstract void WriteSeries(PrometheusText text, string labels, TSeries series);

    /// <summary>False for a series that is not to be shown any more.</summary>
    protected virtual bool IsCurrent(TSeries series) => true;

    protected TSeries SeriesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _lookup.TryGetValue(tags, out TSeries? series) ? series : AddSeries(tags);

    /// <summary>Forgets the series that are not current, so that labels which come and go do not pile up.</summary>
    protected void RemoveStale()
    {
        lock (_adding)
        {
            foreach ((LabelSet tags, TSeries series) in _byTags)
            {
                if (!IsCurrent(series))
                {
                    _byTags.TryRemove(tags, out _);
                }
            }

            foreach (string labels in _byText.Where(entry => !IsCurrent(entry.Value)).Select(entry => entry.Key).ToArray())
            {
                _byText.Remove(labels);
            }
        }
    }

    private TSeries AddSeries(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_adding)
        {
            if (_lookup.TryGetValue(tags, out TSeries? series))
            {
                return series;
            }

            bool full = _byTags.Count >= MaxSeries;
            LabelSet labels = full ? LabelSet.Overflow : new LabelSet(tags, FixedTags);
            if (!_byText.TryGetValue(labels.Text, out series))
            {
                series = CreateSeries();
                _byText.Add(labels.Text, series);
            }

            if (!full)
            {
                _byTags[labels] = series;
            }

            return series;
        }
    }
}
