namespace GrainStream.Runtime.Tiering;

/// <summary>Waits between tries of something that must succeed in the end: 100 ms at first, twice as long each time, at most 5 s.</summary>
internal struct RetryDelay(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private TimeSpan _next = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits done.</summary>
    public int Count { get; private set; }

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan delay = _next;
        _next = delay * 2 < Longest ? delay * 2 : Longest;
        Count++;
        return Task.Delay(delay, time, cancellationToken);
    }
}
