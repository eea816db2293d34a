namespace GrainStream.TestKit;

/// <summary>
/// A clock that stands still until the test moves it. Timers that fall due run on the thread that moves it, in the order of their times.
/// Thread-safe.
/// </summary>
public sealed class ManualClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <summary>Lets time pass, and each timer that falls due meanwhile run at its time.</summary>
    public void Advance(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        DateTimeOffset end = GetUtcNow() + span;
        while (TakeDue(end, out ManualTimer? due))
        {
            due!.Run();
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private bool TakeDue(DateTimeOffset end, out ManualTimer? due)
    {
        lock (_gate)
        {
            due = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (due is null)
            {
                _now = end;
                return false;
            }

            _now = due.Due > _now ? due.Due : _now;
            if (due.Period > TimeSpan.Zero)
            {
                due.Due = _now + due.Period;
            }
            else
            {
                _timers.Remove(due);
            }

            return true;
        }
    }

    private sealed class ManualTimer(ManualClock clock, Action run) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Run() => run();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                if (dueTime >= TimeSpan.Zero)
                {
                    Due = clock._now + dueTime;
                    Period = period;
                    clock._timers.Add(this);
                }

                return true;
            }
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
