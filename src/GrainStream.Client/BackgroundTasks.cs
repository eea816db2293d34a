namespace GrainStream.Client;

/// <summary>Work beside a loop, of which each kind runs once at a time. Thread-safe.</summary>
/// <param name="ended">Called after a piece of work has ended, when another of its kind may be started.</param>
internal sealed class BackgroundTasks(Action ended)
{
    private readonly Dictionary<object, Task> _running = [];

    public bool IsRunning(object kind)
    {
        lock (_running)
        {
            return _running.ContainsKey(kind);
        }
    }

    /// <summary>Starts work unless work of its kind is running.</summary>
    /// <param name="kind">Compared by value.</param>
    /// <param name="work">Must not throw: it reports its failures itself.</param>
    public void Run(object kind, Func<Task> work)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_running)
        {
            if (!_running.TryAdd(kind, done.Task))
            {
                return;
            }
        }

        _ = Task.Run(async () =>
        {
            try
            {
                await work();
            }
            finally
            {
                lock (_running)
                {
                    _running.Remove(kind);
                }

                ended();
                done.SetResult();
            }
        });
    }

    /// <summary>Waits for all that is running.</summary>
    public Task DrainAsync()
    {
        lock (_running)
        {
            return Task.WhenAll([.. _running.Values]);
        }
    }
}
