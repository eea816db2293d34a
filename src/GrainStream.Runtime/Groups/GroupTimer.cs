namespace GrainStream.Runtime.Groups;

/// <summary>
/// Wakes a group at its next deadline. Moved lazily: deadlines move back with each heartbeat, and a timer that fires too early costs less than one that is set anew each
/// time. A group without members has none. Of the group's loop, but for the alarm itself.
/// </summary>
internal sealed class GroupTimer(GroupServices services, Action fire) : IDisposable, IAsyncDisposable
{
    /// <summary>Also for what is due already: a deadline that does not move away must not keep a thread busy.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private ITimer? _timer;
    private TimeSpan? _at;
    private bool _isDisposed;

    /// <summary>Fires then, or before.</summary>
    public void Set(TimeSpan deadline)
    {
        if (_isDisposed || _at <= deadline)
        {
            return;
        }

        _at = deadline;
        TimeSpan left = deadline - services.Clock;

        // Timers count whole milliseconds, and one that fires a moment early would fire again and again.
        left = left <= Shortest ? Shortest : left > Longest ? Longest : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        if (_timer is null)
        {
            _timer = services.Time.CreateTimer(static fire => ((Action)fire!)(), fire, left, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(left, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The alarm has been heard.</summary>
    public void Fired() => _at = null;

    public void Dispose()
    {
        _isDisposed = true;
        _timer?.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return _timer?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
