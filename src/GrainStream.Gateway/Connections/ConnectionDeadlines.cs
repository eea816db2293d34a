namespace GrainStream.Gateway.Connections;

/// <summary>
/// What a connection waits for from its client, and since when. Written by the connection, checked by <see cref="ConnectionSweep"/>,
/// so that waiting costs a few stores and no timer.
/// </summary>
internal sealed class ConnectionDeadlines(GatewayOptions options, TimeProvider clock)
{
    private const long None = long.MaxValue;

    private long _frameDeadline = None;
    private long _lastActivity = clock.GetTimestamp();

    /// <summary>The read loop is about to wait for the client.</summary>
    /// <param name="needed">Bytes it cannot go on without; 1 between two frames.</param>
    public void Waiting(int needed)
    {
        if (needed > 1)
        {
            TimeSpan allowed = options.FrameTimeout + TimeSpan.FromSeconds((double)needed / options.MinimumReceiveRate);
            Volatile.Write(ref _frameDeadline, clock.GetTimestamp() + ToTimestamp(allowed));
        }
    }

    /// <summary>The read loop has what it waited for.</summary>
    public void Received()
    {
        Volatile.Write(ref _frameDeadline, None);
        Active();
    }

    /// <summary>The connection is of use.</summary>
    public void Active() => Volatile.Write(ref _lastActivity, clock.GetTimestamp());

    /// <summary>Why the connection should be closed now; null if it should not.</summary>
    /// <param name="now">Timestamp of the clock.</param>
    /// <param name="stalledFor">How long a flush has waited for the client.</param>
    /// <param name="isBusy">Whether requests are in flight.</param>
    public ConnectionClosedException? Check(long now, TimeSpan stalledFor, bool isBusy)
    {
        if (now >= Volatile.Read(ref _frameDeadline))
        {
            return new ConnectionClosedException(CloseReason.StalledRequest, "the rest of a frame did not come in time");
        }

        if (stalledFor >= options.FlushTimeout)
        {
            return new ConnectionClosedException(
                CloseReason.StalledResponse, $"the client has not read its responses for {stalledFor.TotalSeconds:0} s");
        }

        if (!isBusy && clock.GetElapsedTime(Volatile.Read(ref _lastActivity), now) is { } idleFor && idleFor >= options.IdleTimeout)
        {
            return new ConnectionClosedException(CloseReason.Idle, $"no request for {idleFor.TotalSeconds:0} s (connections.max.idle.ms)");
        }

        return null;
    }

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * clock.TimestampFrequency);
}
