using System.Collections.Concurrent;

namespace GrainStream.Gateway.Connections;

/// <summary>
/// All open connections, looked at once a second for time-outs: one timer for all, a few loads per connection, and no timer while there
/// is none. A connection that has ended is held a little longer: the transport still sends what was written, and would wait for ever for
/// a client that does not read it.
/// </summary>
internal sealed class ConnectionSweep : IDisposable
{
    /// <summary>Fine enough for time-outs of seconds and more.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<KafkaConnection, byte> _open = new();
    private readonly ConcurrentQueue<(KafkaConnection Connection, long EndedAt)> _ended = new();
    private readonly GatewayOptions _options;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private int _count;
    private bool _isTicking;

    public ConnectionSweep(GatewayOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _timer = clock.CreateTimer(
            static sweep => ((ConnectionSweep)sweep!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Open connections.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Begins to watch a connection, unless there are as many as there may be.</summary>
    public bool TryAdd(KafkaConnection connection)
    {
        lock (_gate)
        {
            if (_count >= _options.MaxConnections || !_open.TryAdd(connection, 0))
            {
                return false;
            }

            _count++;
            if (!_isTicking)
            {
                _isTicking = true;
                _timer.Change(Period, Period);
            }

            return true;
        }
    }

    /// <summary>A connection has ended: sees to it that its socket closes too.</summary>
    public void Remove(KafkaConnection connection)
    {
        lock (_gate)
        {
            if (_open.TryRemove(connection, out _))
            {
                _count--;
                _ended.Enqueue((connection, _clock.GetTimestamp()));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Sweep()
    {
        long now = _clock.GetTimestamp();
        foreach (KeyValuePair<KafkaConnection, byte> entry in _open)
        {
            entry.Key.CheckDeadlines(now);
        }

        while (_ended.TryPeek(out (KafkaConnection Connection, long EndedAt) ended)
            && _clock.GetElapsedTime(ended.EndedAt, now) >= _options.DrainTimeout)
        {
            _ended.TryDequeue(out _);
            ended.Connection.Abort("The client did not read what was sent before the connection ended.");
        }

        StopIfEmpty();
    }

    private void StopIfEmpty()
    {
        lock (_gate)
        {
            if (_count == 0 && _ended.IsEmpty)
            {
                _isTicking = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
