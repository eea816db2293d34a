namespace GrainStream.Gateway;

/// <summary>Limits and time-outs of the Kafka listener. Where Kafka has a setting for it, its name is given.</summary>
public sealed record GatewayOptions
{
    /// <summary>
    /// Host name or address that clients are told to connect to. Kafka: <c>advertised.listeners</c>. Null, the default, tells each client
    /// the
    /// address that it has reached already, which is right unless something in between translates addresses.
    /// </summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>Port that clients are told to connect to; null, the default, for the one they have reached already. 1 to 65,535.</summary>
    public int? AdvertisedPort { get; init; }

    /// <summary>
    /// Largest request frame in bytes, its length field not counted; a longer one closes the connection.
    /// Kafka: <c>socket.request.max.bytes</c>. Default 104,857,600 (Kafka's). At least 1,024.
    /// </summary>
    public int MaxRequestBytes { get; init; } = 104_857_600;

    /// <summary>
    /// Node-wide bound in bytes for request frames that are larger than <see cref="ReadBufferBytes"/> and are being received or dispatched;
    /// a connection with such a frame waits its turn. Kafka: <c>queued.max.request.bytes</c>. Default 134,217,728: one largest
    /// frame and some smaller ones. At least <see cref="MaxRequestBytes"/>.
    /// </summary>
    public long QueuedMaxRequestBytes { get; init; } = 134_217_728;

    /// <summary>
    /// A connection without requests for this long is closed; null for never. Kafka: <c>connections.max.idle.ms</c>. Default 10 minutes
    /// (Kafka's).
    /// </summary>
    public TimeSpan? IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Connections at one time; further ones are refused. Kafka: <c>max.connections</c>, there without a bound. Default 4,096, which
    /// fits the usual limit of open files. At least 1.
    /// </summary>
    public int MaxConnections { get; init; } = 4_096;

    /// <summary>
    /// Requests of one connection that are dispatched and not yet answered; at the limit the connection is not read. Default 256:
    /// far beyond what clients use to hide a round trip (5 to 100), small enough to bound what one client can pin.
    /// </summary>
    public int MaxInFlightRequests { get; init; } = 256;

    /// <summary>
    /// Bytes of request frames of one connection that are dispatched and not yet answered; at the limit the connection is not read.
    /// One request is always admitted. Default 33,554,432.
    /// </summary>
    public long MaxInFlightBytes { get; init; } = 33_554_432;

    /// <summary>
    /// How long the rest of a started frame may take, before <see cref="MinimumReceiveRate"/> extends it. Default 30 s (Kafka's
    /// <c>request.timeout.ms</c>).
    /// </summary>
    public TimeSpan FrameTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes per second below which a client that sends a large frame counts as stalled. Default 65,536. At least 1.</summary>
    public int MinimumReceiveRate { get; init; } = 65_536;

    /// <summary>
    /// How long a client may leave its responses unread, once <see cref="WriteBufferBytes"/> wait for it, before it is closed. Default 30
    /// s.
    /// </summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a closing connection waits for the answers of its requests in flight. Default 5 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Received bytes of one connection that may wait to be parsed before the socket is no longer read. Default 1,048,576: a full produce
    /// request.
    /// </summary>
    public int ReadBufferBytes { get; init; } = 1_048_576;

    /// <summary>
    /// Response bytes of one connection that may wait to be sent before its writer waits. Default 1,048,576: a partition's share of a
    /// fetch.
    /// </summary>
    public int WriteBufferBytes { get; init; } = 1_048_576;

    /// <summary>
    /// Bytes of one pooled socket buffer, which bounds what one receive call can take. Default 65,536: sixteen receive calls for 1 MiB
    /// (docs/decisions/0002). At least 4,096.
    /// </summary>
    public int BlockBytes { get; init; } = 65_536;

    /// <summary>
    /// Bytes of free socket buffers kept for reuse, over all connections; more are left to the garbage collector. Default 67,108,864.
    /// </summary>
    public long RetainedBlockBytes { get; init; } = 67_108_864;

    /// <summary>Throws if an option is out of range; the message says how to mend it.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public void Validate()
    {
        Require(AdvertisedHost is not "", nameof(AdvertisedHost), "a host name or null");
        Require(AdvertisedPort is null or (>= 1 and <= 65_535), nameof(AdvertisedPort), "1 to 65535, or null");
        Require(MaxRequestBytes >= 1_024, nameof(MaxRequestBytes), "at least 1024");
        Require(
            QueuedMaxRequestBytes >= MaxRequestBytes,
            nameof(QueuedMaxRequestBytes),
            "at least MaxRequestBytes, or the largest frame could never be read");
        Require(IdleTimeout is null || IdleTimeout > TimeSpan.Zero, nameof(IdleTimeout), "positive, or null");
        Require(MaxConnections >= 1, nameof(MaxConnections), "at least 1");
        Require(MaxInFlightRequests >= 1, nameof(MaxInFlightRequests), "at least 1");
        Require(MaxInFlightBytes >= 1, nameof(MaxInFlightBytes), "at least 1");
        Require(FrameTimeout > TimeSpan.Zero, nameof(FrameTimeout), "positive");
        Require(MinimumReceiveRate >= 1, nameof(MinimumReceiveRate), "at least 1");
        Require(FlushTimeout > TimeSpan.Zero, nameof(FlushTimeout), "positive");
        Require(DrainTimeout >= TimeSpan.Zero, nameof(DrainTimeout), "zero or more");
        Require(ReadBufferBytes >= 4_096, nameof(ReadBufferBytes), "at least 4096");
        Require(WriteBufferBytes >= 4_096, nameof(WriteBufferBytes), "at least 4096");
        Require(BlockBytes >= 4_096, nameof(BlockBytes), "at least 4096");
        Require(RetainedBlockBytes >= 0, nameof(RetainedBlockBytes), "zero or more");
    }

    private static void Require(bool holds, string option, string expectation)
    {
        if (!holds)
        {
            throw new ArgumentException($"Gateway option {option} must be {expectation}.", option);
        }
    }
}
