namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>
/// Gives each put a time of its own, which becomes its file's time of modification and so the object's version: later than any this store has given. A replacement
/// is moreover put after what it replaces (<see cref="NextAfter"/>), whoever wrote that and however his clock goes. Thread-safe.
/// </summary>
internal sealed class VersionClock(TimeProvider time)
{
    private long _last;

    /// <summary>In 100 ns since 1970, what file systems keep exactly.</summary>
    public long Next() => NextAfter(0);

    /// <summary>As <see cref="Next"/>, and after the time given.</summary>
    public long NextAfter(long ticks)
    {
        while (true)
        {
            long last = Interlocked.Read(ref _last);
            long next = Math.Max((time.GetUtcNow().UtcDateTime - DateTime.UnixEpoch).Ticks, Math.Max(last, ticks) + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }

    /// <summary>The time as .NET sets it on a file.</summary>
    public static DateTime ToDateTime(long ticks) => DateTime.UnixEpoch.AddTicks(ticks);
}
