using GrainStream.Client.Errors;

namespace GrainStream.Client.Clusters;

/// <summary>Tries again what may pass, with growing pauses, until the time is up.</summary>
internal sealed class Retries(KafkaClientOptions options)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // Kafka's retry.backoff.ms.
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs <paramref name="attempt"/> until it succeeds; after <see cref="KafkaClientOptions.RetryTimeout"/> its last failure is thrown.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancellation)
    {
        long began = options.Time.GetTimestamp();
        for (TimeSpan pause = FirstPause; ; pause = Min(pause * 2, LongestPause))
        {
            try
            {
                return await attempt(cancellation);
            }
            catch (KafkaException e) when (e.IsRetriable && options.Time.GetElapsedTime(began) + pause < options.RetryTimeout)
            {
                await Task.Delay(pause, options.Time, cancellation);
            }
        }
    }

    /// <summary>Pause before try number <paramref name="failures"/>, from 1 on.</summary>
    public static TimeSpan PauseAfter(int failures) => Min(FirstPause * Math.Pow(2, Math.Min(failures - 1, 10)), LongestPause);

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
