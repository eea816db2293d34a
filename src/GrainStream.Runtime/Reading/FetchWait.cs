using System.Threading.Tasks.Sources;

namespace GrainStream.Runtime.Reading;

/// <summary>
/// One reader's wait for new records on several partitions, with a time limit (the protocol's <c>max_wait_ms</c>).
/// Registered with <see cref="Partitions.Partition.Watch"/>; each advance of a watched high watermark wakes it. One waiter at a time.
/// </summary>
public sealed class FetchWait : IValueTaskSource<bool>, IDisposable
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Signalled = 2;
    private const int TimedOut = 3;

    private readonly ITimer _timer;
    private ManualResetValueTaskSourceCore<bool> _source;
    private int _state;
    private volatile bool _done;

    public FetchWait(TimeProvider time, TimeSpan limit)
    {
        _timer = time.CreateTimer(static wait => ((FetchWait)wait!).Complete(TimedOut), this, limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The reader has answered; partitions forget this wait when they next look at it.</summary>
    public bool IsDone => _done;

    /// <summary>
    /// Waits for an advance since the last call. True: something advanced. False: the time is up, now and for good.
    /// The continuation runs on the thread that made the advance.
    /// </summary>
    public ValueTask<bool> NextAsync()
    {
        _source.Reset();
        int before = Interlocked.CompareExchange(ref _state, Waiting, Idle);
        switch (before)
        {
            case Idle:
                return new ValueTask<bool>(this, _source.Version);
            case Signalled:
                Interlocked.CompareExchange(ref _state, Idle, Signalled);
                return ValueTask.FromResult(Volatile.Read(ref _state) != TimedOut);
            default:
                return ValueTask.FromResult(false);
        }
    }

    /// <summary>A watched high watermark has advanced, or a watched partition has closed.</summary>
    internal void Signal() => Complete(Signalled);

    /// <summary>Ends the wait as if its time were up: nobody is left to answer.</summary>
    public void Cancel() => Complete(TimedOut);

    public void Dispose()
    {
        _done = true;
        _timer.Dispose();
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Complete(int outcome)
    {
        while (true)
        {
            int before = Volatile.Read(ref _state);
            if (before == TimedOut || before == outcome)
            {
                return;
            }

            // A waiter that is woken by an advance may wait again; one whose time is up may not.
            int after = before == Waiting && outcome == Signalled ? Idle : outcome;
            if (Interlocked.CompareExchange(ref _state, after, before) != before)
            {
                continue;
            }

            if (before == Waiting)
            {
                _source.SetResult(outcome == Signalled);
            }

            return;
        }
    }
}
