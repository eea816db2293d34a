namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>Back-pressure: lets appenders through while fewer than a bound of bytes wait to be synced, others in the order they came.</summary>
internal sealed class RoomGate(long maxPendingBytes)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private long _pendingBytes;
    private int _waiting;
    private bool _open;

    /// <summary>Bytes appended but not synced.</summary>
    public long PendingBytes => Interlocked.Read(ref _pendingBytes);

    public void Add(long bytes) => Interlocked.Add(ref _pendingBytes, bytes);

    /// <summary>Counts bytes as synced and lets through those waiters who now have room.</summary>
    public void Remove(long bytes)
    {
        long pending = Interlocked.Add(ref _pendingBytes, -bytes);
        if (Volatile.Read(ref _waiting) == 0)
        {
            return;
        }

        lock (_lock)
        {
            // What the released will append is counted ahead, so that they do not all rush in at once.
            while (pending < maxPendingBytes && _waiters.First is { } first)
            {
                pending += first.Value.Bytes;
                Release(first);
            }
        }
    }

    /// <summary>Lets everybody through from now on: the journal is closing, and says so to those who append.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _open = true;
            while (_waiters.First is { } first)
            {
                Release(first);
            }
        }
    }

    public ValueTask WaitAsync(int bytes, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _waiting) == 0 && PendingBytes < maxPendingBytes)
        {
            return ValueTask.CompletedTask;
        }

        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<Waiter> node;
        lock (_lock)
        {
            // Announced before the bytes are looked at: Remove subtracts first and looks for waiters then, so one of the two sees the other.
            Interlocked.Increment(ref _waiting);
            if (_open || (_waiters.Count == 0 && PendingBytes < maxPendingBytes))
            {
                Interlocked.Decrement(ref _waiting);
                return ValueTask.CompletedTask;
            }

            node = _waiters.AddLast(new Waiter(bytes));
        }

        return new ValueTask(cancellationToken.CanBeCanceled ? AwaitAsync(node, cancellationToken) : node.Value.Done.Task);
    }

    private async Task AwaitAsync(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(_ => Cancel(node, cancellationToken), null))
        {
            await node.Value.Done.Task;
        }
    }

    private void Cancel(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (node.List is not null)
            {
                _waiters.Remove(node);
                Interlocked.Decrement(ref _waiting);
            }
        }

        node.Value.Done.TrySetCanceled(cancellationToken);
    }

    private void Release(LinkedListNode<Waiter> node)
    {
        _waiters.Remove(node);
        Interlocked.Decrement(ref _waiting);
        node.Value.Done.TrySetResult();
    }

    private sealed class Waiter(int bytes)
    {
        public int Bytes { get; } = bytes;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
