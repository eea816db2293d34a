namespace GrainStream.Runtime.Reading;

/// <summary>
/// Bounds the memory of all disk reads in flight on a node, from planning until the reader has been sent the bytes.
/// </summary>
/// <remarks>Who holds some must not wait for more (two that did could wait for each other): see <see cref="TryTake"/>.</remarks>
/// <param name="bytes">The whole budget.</param>
internal sealed class DiskReadBudget(long bytes)
{
    private readonly Lock _lock = new();
    private readonly Queue<(int Bytes, TaskCompletionSource Granted)> _waiting = new();
    private readonly long _whole = bytes;
    private long _left = bytes;

    /// <summary>Takes <paramref name="demand"/> bytes if they are free and nobody waits.</summary>
    public bool TryTake(int demand)
    {
        lock (_lock)
        {
            if (_waiting.Count > 0 || !Fits(demand))
            {
                return false;
            }

            _left -= demand;
            return true;
        }
    }

    /// <summary>Waits for <paramref name="demand"/> bytes, first come first served. One above the whole budget is granted when nothing is out.</summary>
    public Task TakeAsync(int demand)
    {
        if (TryTake(demand))
        {
            return Task.CompletedTask;
        }

        lock (_lock)
        {
            var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((demand, granted));
            GrantWaiting();
            return granted.Task;
        }
    }

    public void Return(int returned)
    {
        lock (_lock)
        {
            _left += returned;
            GrantWaiting();
        }
    }

    private void GrantWaiting()
    {
        while (_waiting.TryPeek(out (int Bytes, TaskCompletionSource Granted) next) && Fits(next.Bytes))
        {
            _waiting.Dequeue();
            _left -= next.Bytes;
            next.Granted.SetResult();
        }
    }

    private bool Fits(int demand) => demand <= _left || _left == _whole;
}
