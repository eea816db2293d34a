namespace GrainStream.TestKit;

/// <summary>Waits for a named condition instead of for some time.</summary>
public static class Eventually
{
    /// <summary>How long any condition may take: far longer than it does, so that a busy machine fails no test.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Between two looks at a condition.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);

    /// <summary>Completes when <paramref name="condition"/> holds.</summary>
    /// <exception cref="TimeoutException">It did not within <see cref="Limit"/>; the message names it.</exception>
    public static async Task HoldsAsync(string name, Func<bool> condition)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"Waited {Limit.TotalSeconds} s in vain until {name}.");
            }

            await Task.Delay(Interval);
        }
    }

    /// <summary>Awaits <paramref name="task"/>, but not for ever.</summary>
    /// <exception cref="TimeoutException">It did not complete within <see cref="Limit"/>; the message names it.</exception>
    public static async Task<T> CompletesAsync<T>(string name, Task<T> task)
    {
        try
        {
            return await task.WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds} s in vain until {name}.");
        }
    }

    /// <inheritdoc cref="CompletesAsync{T}"/>
    public static async Task CompletesAsync(string name, Task task) =>
        await CompletesAsync(name, Then(task));

    private static async Task<bool> Then(Task task)
    {
        await task;
        return true;
    }
}
