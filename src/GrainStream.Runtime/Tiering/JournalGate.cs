using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Where producers wait while the journal is full: open or closed for all. Waiting is slowing down: how long is the client's time-out to decide.
/// Thread-safe.
/// </summary>
internal sealed class JournalGate(TimeProvider time, TieringInstruments instruments, ILogger logger)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _opened;
    private long _closedAt;
    private bool _isOpenForGood;

    public bool IsClosed => Volatile.Read(ref _opened) is not null;

    /// <summary>Lets nobody through from now on.</summary>
    public void Close(long usedBytes, long capacityBytes)
    {
        lock (_lock)
        {
            if (_opened is not null || _isOpenForGood)
            {
                return;
            }

            _closedAt = time.GetTimestamp();
            Volatile.Write(ref _opened, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        TierLog.ProducersWait(logger, usedBytes, capacityBytes);
    }

    /// <summary>Lets everybody through.</summary>
    public void Open()
    {
        TaskCompletionSource? opened;
        lock (_lock)
        {
            opened = _opened;
            Volatile.Write(ref _opened, null);
        }

        if (opened is not null)
        {
            TimeSpan closed = time.GetElapsedTime(_closedAt);
            TierLog.ProducersGoOn(logger, (long)closed.TotalMilliseconds);
            opened.SetResult();
        }
    }

    /// <summary>Opens and stays open: the node stops, and the journal tells those who append.</summary>
    public void OpenForGood()
    {
        lock (_lock)
        {
            _isOpenForGood = true;
        }

        Open();
    }

    /// <summary>Waits until it is open.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        while (Volatile.Read(ref _opened) is { } opened)
        {
            await opened.Task.WaitAsync(cancellationToken);
        }

        instruments.ProducerWaited(time.GetElapsedTime(started));
    }
}
