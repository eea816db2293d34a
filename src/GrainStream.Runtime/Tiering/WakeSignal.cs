namespace GrainStream.Runtime.Tiering;

/// <summary>Wakes one loop. Set while nobody waits, it lets the next wait through; set twice is set once. <see cref="Set"/> may be called by any thread.</summary>
internal sealed class WakeSignal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private bool _isSet;

    public void Set()
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            _isSet = _waiting is null;
            (waiting, _waiting) = (_waiting, null);
        }

        waiting?.SetResult();
    }

    /// <summary>Waits until it is set, and takes that. For one waiter at a time.</summary>
    public Task WaitAsync()
    {
        lock (_lock)
        {
            if (_isSet)
            {
                _isSet = false;
                return Task.CompletedTask;
            }

            Core.Invariant.Require(_waiting is null, "one loop waits for a signal");
            _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiting.Task;
        }
    }
}
