namespace GrainStream.Tiering.Tests.Support;

/// <summary>
/// A clock on which waiting takes no time: a timer that is set once falls due at once, and the clock has moved on by then. Timers that repeat never do, so
/// that nothing happens by itself.
/// </summary>
internal sealed class EagerClock : TimeProvider
{
    private long _ticks = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public void Advance(TimeSpan span) => Interlocked.Add(ref _ticks, span.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new EagerTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class EagerTimer(EagerClock clock, TimerCallback callback, object? state) : ITimer
    {
        private int _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            int version = Interlocked.Increment(ref _version);
            if (dueTime >= TimeSpan.Zero && period <= TimeSpan.Zero)
            {
                ThreadPool.UnsafeQueueUserWorkItem(_ => Fire(version, dueTime), null);
            }

            return true;
        }

        public void Dispose() => Interlocked.Increment(ref _version);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int version, TimeSpan dueTime)
        {
            if (Volatile.Read(ref _version) == version)
            {
                clock.Advance(dueTime);
                callback(state);
            }
        }
    }
}
