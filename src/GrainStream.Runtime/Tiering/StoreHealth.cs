using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime.Tiering;

/// <summary>Reports that the store fails once when it begins and once when it is over, however many operations meet it. Thread-safe.</summary>
internal sealed class StoreHealth(string location, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private long _failedAt;
    private int _failures;

    /// <summary>The store works again: those who rest need not rest longer. Raised by whoever noticed.</summary>
    public event Action? Recovered;

    public bool IsFailing => Volatile.Read(ref _failures) > 0;

    /// <summary>An operation failed.</summary>
    public void Failed(Exception cause)
    {
        lock (_lock)
        {
            if (_failures++ == 0)
            {
                _failedAt = time.GetTimestamp();
                TierLog.StoreFails(logger, location, cause.Message);
            }
        }
    }

    /// <summary>An operation of the store succeeded.</summary>
    public void Succeeded()
    {
        if (!IsFailing)
        {
            return;
        }

        lock (_lock)
        {
            if (_failures == 0)
            {
                return;
            }

            TierLog.StoreIsBack(logger, location, (long)time.GetElapsedTime(_failedAt).TotalSeconds, _failures);
            _failures = 0;
        }

        Recovered?.Invoke();
    }
}
