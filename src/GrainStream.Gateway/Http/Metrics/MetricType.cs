namespace GrainStream.Gateway.Http.Metrics;

/// <summary>The metric types of Prometheus's text format that instruments map to.</summary>
public enum MetricType
{
    /// <summary>Only grows (until the process restarts): <c>Counter</c> and <c>ObservableCounter</c>.</summary>
    Counter,

    /// <summary>Goes up and down: <c>UpDownCounter</c>, <c>Gauge</c> and their observable kinds.</summary>
    Gauge,

    /// <summary>Counts in fixed buckets, with sum and count: <c>Histogram</c>.</summary>
    Histogram,
}
