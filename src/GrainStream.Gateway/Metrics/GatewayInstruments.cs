using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using GrainStream.Gateway.Connections;
using GrainStream.Protocol;

namespace GrainStream.Gateway.Metrics;

/// <summary>
/// What the gateway measures, as meter <c>GrainStream.Gateway</c>: connections and why they end, requests and their duration by API, bytes.
/// </summary>
internal sealed class GatewayInstruments
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "GrainStream.Gateway";

    private static readonly FrozenDictionary<ApiKey, KeyValuePair<string, object?>> ApiTags =
        Enum.GetValues<ApiKey>().ToFrozenDictionary(key => key, key => new KeyValuePair<string, object?>("api", key.ToString()));

    /// <summary>Seconds: from a read of cached data over a sync of a slow disk to a fetch that waits for data.</summary>
    private static readonly double[] DurationBounds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

    private readonly UpDownCounter<int> _connections;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _received;
    private readonly Counter<long> _sent;

    public GatewayInstruments(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _connections = meter.CreateUpDownCounter<int>("grainstream.gateway.connections", "{connection}", "Open client connections.");
        _closed = meter.CreateCounter<long>(
            "grainstream.gateway.connections.closed", "{connection}", "Ended client connections, by reason.");
        _requests = meter.CreateCounter<long>("grainstream.gateway.requests", "{request}", "Answered requests, by API.");
        _duration = meter.CreateHistogram<double>(
            "grainstream.gateway.request.duration",
            "s",
            "From a request's dispatch to its answer being written, by API; a fetch waits for data as long as it is told to.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBounds });
        _received = meter.CreateCounter<long>("grainstream.gateway.received", "By", "Bytes of request frames.");
        _sent = meter.CreateCounter<long>("grainstream.gateway.sent", "By", "Bytes of response frames.");
    }

    public void ConnectionOpened() => _connections.Add(1);

    public void ConnectionEnded() => _connections.Add(-1);

    public void Closed(CloseReason reason) => _closed.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Received(long bytes) => _received.Add(bytes);

    public void Sent(long bytes) => _sent.Add(bytes);

    public void RequestCompleted(ApiKey apiKey, TimeSpan duration)
    {
        KeyValuePair<string, object?> tag = ApiTags[apiKey];
        _requests.Add(1, tag);
        _duration.Record(duration.TotalSeconds, tag);
    }
}
