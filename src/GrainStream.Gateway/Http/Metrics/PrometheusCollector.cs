using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace GrainStream.Gateway.Http.Metrics;

/// <summary>
/// Listens to the process's <see cref="System.Diagnostics.Metrics"/> instruments and writes what they add up to in
/// Prometheus's text format. Why this is not a package: docs/decisions/0003-prometheus-text-by-own-code.md.
/// </summary>
/// <remarks>
/// Sums are cumulative from the collector's creation on. Two instruments of the same name and type share one metric; of two
/// with the same name and different types the later one is left out, with a warning. Thread-safe.
/// </remarks>
public sealed partial class PrometheusCollector : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Lock _scraping = new();
    private readonly Func<Meter, bool> _isWanted;
    private readonly ILogger _logger;

    /// <param name="isWanted">Which meters' instruments to export.</param>
    /// <param name="logger">Where a name conflict or a failing observable instrument is reported.</param>
    public PrometheusCollector(Func<Meter, bool> isWanted, ILogger<PrometheusCollector> logger)
    {
        _isWanted = isWanted;
        _logger = logger;
        _listener.InstrumentPublished = Subscribe;
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => ((MetricFamily)state!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => ((MetricFamily)state!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((MetricFamily)state!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => ((MetricFamily)state!).Record((double)value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => ((MetricFamily)state!).Record((double)value, tags));
        _listener.Start();
    }

    /// <summary>One scrape: asks the observable instruments, then writes every metric that has a value, sorted by name.</summary>
    public string Scrape()
    {
        // Observed values belong to one scrape, so scrapes take turns.
        lock (_scraping)
        {
            MetricFamily[] families;
            lock (_gate)
            {
                families = [.. _families.Values];
            }

            foreach (MetricFamily family in families)
            {
                family.BeginScrape();
            }

            Observe();
            PrometheusText text = new();
            foreach (MetricFamily family in families)
            {
                family.Write(text);
            }

            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Observe()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException exception)
        {
            // One instrument's callback failed; the others were still asked. A scrape shows what there is.
            LogObservationFailed(exception);
        }
    }

    private void Subscribe(Instrument instrument, MeterListener listener)
    {
        if (!_isWanted(instrument.Meter))
        {
            return;
        }

        MetricType? type = TypeOf(instrument);
        if (type is null)
        {
            return;
        }

        string name = PrometheusName.OfMetric(instrument.Name, instrument.Unit, type.Value);
        MetricFamily? family;
        lock (_gate)
        {
            if (!_families.TryGetValue(name, out family))
            {
                family = CreateFamily(instrument, name, type.Value);
                _families.Add(name, family);
            }
        }

        if (family.Type != type)
        {
            LogNameConflict(instrument.Name, instrument.Meter.Name, name, family.Type, type.Value);
            return;
        }

        listener.EnableMeasurementEvents(instrument, family);
    }

    private static MetricFamily CreateFamily(Instrument instrument, string name, MetricType type)
    {
        KeyValuePair<string, object?>[] fixedTags = [.. instrument.Meter.Tags ?? [], .. instrument.Tags ?? []];
        return type switch
        {
            MetricType.Histogram => new HistogramFamily(name, instrument.Description, fixedTags, HistogramBounds.Of(instrument)),
            _ when instrument.IsObservable || IsA(instrument, typeof(Gauge<>)) =>
                new LastValueFamily(name, type, instrument.Description, fixedTags, instrument.IsObservable),
            _ => new SumFamily(name, type, instrument.Description, fixedTags),
        };
    }

    private static MetricType? TypeOf(Instrument instrument)
    {
        if (IsA(instrument, typeof(Counter<>)) || IsA(instrument, typeof(ObservableCounter<>)))
        {
            return MetricType.Counter;
        }

        if (IsA(instrument, typeof(Histogram<>)))
        {
            return MetricType.Histogram;
        }

        return IsA(instrument, typeof(UpDownCounter<>)) || IsA(instrument, typeof(ObservableUpDownCounter<>))
            || IsA(instrument, typeof(Gauge<>)) || IsA(instrument, typeof(ObservableGauge<>))
            ? MetricType.Gauge
            : null;
    }

    private static bool IsA(Instrument instrument, Type kind) => instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == kind;

    [LoggerMessage(5001, LogLevel.Warning,
        "The instrument {Instrument} of meter {Meter} is not exported: its name {Name} is taken by a {Taken}, and it is a {Wanted}")]
    private partial void LogNameConflict(string instrument, string meter, string name, MetricType taken, MetricType wanted);

    [LoggerMessage(5002, LogLevel.Warning, "An observable instrument failed to report its value")]
    private partial void LogObservationFailed(Exception exception);
}
