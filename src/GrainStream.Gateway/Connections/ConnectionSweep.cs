using System.Collections.Concurrent;

namespace GrainStream.Gateway.Connections;

/// <summary>
/// All open connections, looked at once a second for time-outs: one timer for all, a few loads per connection, and no timer while there is none.
/// </summary>
internal sealed class ConnectionSweep : IDisposable
{
    /// <summary>Fine enough for time-outs of seconds and more.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<KafkaConnection, byte> _connections = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private int _count;

    public ConnectionSweep(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(static sweep => ((ConnectionSweep)sweep!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Open connections.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Begins to watch a connection, unless there are <paramref name="limit"/> already.</summary>
    public bool TryAdd(KafkaConnection connection, int limit)
    {
        lock (_gate)
        {
            if (_count >= limit || !_connections.TryAdd(connection, 0))
            {
                return false;
            }

            if (++_count == 1)
            {
                _timer.Change(Period, Period);
            }

            return true;
        }
    }

    /// <summary>Stops watching a connection.</summary>
    public void Remove(KafkaConnection connection)
    {
        lock (_gate)
        {
            if (_connections.TryRemove(connection, out _) && --_count == 0)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Sweep()
    {
        long now = _clock.GetTimestamp();
        foreach (KeyValuePair<KafkaConnection, byte> entry in _connections)
        {
            entry.Key.CheckDeadlines(now);
        }
    }
}
