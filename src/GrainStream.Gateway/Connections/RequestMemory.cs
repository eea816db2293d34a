namespace GrainStream.Gateway.Connections;

/// <summary>
/// The node's bound on memory for large request frames: bytes are reserved before a frame is received and given back once it is dispatched.
/// First come, first served, so that a large frame is not starved by smaller ones. Thread-safe.
/// </summary>
internal sealed class RequestMemory(long limitBytes)
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiter> _waiting = new();
    private long _reservedBytes;

    /// <summary>Bytes reserved now.</summary>
    public long ReservedBytes => Interlocked.Read(ref _reservedBytes);

    /// <summary>Completes when the bytes are reserved.</summary>
    /// <param name="bytes">At most the limit.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is then reserved.</param>
    public Task ReserveAsync(long bytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, limitBytes);
        Waiter waiter;
        lock (_gate)
        {
            if (_waiting.Count == 0 && _reservedBytes + bytes <= limitBytes)
            {
                _reservedBytes += bytes;
                return Task.CompletedTask;
            }

            waiter = new Waiter(bytes);
            _waiting.Enqueue(waiter);
        }

        return AwaitTurnAsync(waiter, cancellationToken);
    }

    /// <summary>Gives reserved bytes back.</summary>
    public void Release(long bytes)
    {
        lock (_gate)
        {
            _reservedBytes -= bytes;
            AdmitWaiting();
        }
    }

    private async Task AwaitTurnAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.Register(() =>
        {
            lock (_gate)
            {
                // A waiter that was admitted in the meantime keeps its bytes; its owner gives them back.
                if (waiter.Admitted.TrySetCanceled(cancellationToken))
                {
                    AdmitWaiting();
                }
            }
        });
        await waiter.Admitted.Task;
    }

    private void AdmitWaiting()
    {
        while (_waiting.TryPeek(out Waiter? next))
        {
            if (!next.Admitted.Task.IsCompleted)
            {
                if (_reservedBytes + next.Bytes > limitBytes)
                {
                    return;
                }

                _reservedBytes += next.Bytes;
                next.Admitted.SetResult();
            }

            _waiting.Dequeue();
        }
    }

    private sealed class Waiter(long bytes)
    {
        public long Bytes { get; } = bytes;
        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
