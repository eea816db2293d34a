namespace GrainStream.Cli.Values;

/// <summary>Keeps to a number of things each second; zero is as fast as can be.</summary>
internal sealed class Pace(double perSecond, TimeProvider time)
{
    // Below it, waiting costs more than it is exact.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(2);

    private long _began;
    private long _count;

    /// <summary>Waits until the next one is due.</summary>
    public ValueTask NextAsync(CancellationToken cancellation)
    {
        if (perSecond <= 0)
        {
            return ValueTask.CompletedTask;
        }

        // The clock starts with the first, or the time until then would be made up for.
        _began = _count == 0 ? time.GetTimestamp() : _began;
        TimeSpan early = TimeSpan.FromSeconds(_count++ / perSecond) - time.GetElapsedTime(_began);
        return early < ShortestPause ? ValueTask.CompletedTask : new ValueTask(Task.Delay(early, time, cancellation));
    }
}
