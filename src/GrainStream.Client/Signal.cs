namespace GrainStream.Client;

/// <summary>Wakes one loop. Waking it several times before it looks is waking it once. Thread-safe.</summary>
internal sealed class Signal : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0, 1);
    private int _isSet;

    public void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0)
        {
            _semaphore.Release();
        }
    }

    /// <summary>Waits until it is set or the time is up, and unsets it.</summary>
    /// <param name="limit"><see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<bool> WaitAsync(TimeSpan limit, CancellationToken cancellation = default)
    {
        bool wasSet = await _semaphore.WaitAsync(limit, cancellation);
        if (wasSet)
        {
            Volatile.Write(ref _isSet, 0);
        }

        return wasSet;
    }

    public void Dispose() => _semaphore.Dispose();
}
