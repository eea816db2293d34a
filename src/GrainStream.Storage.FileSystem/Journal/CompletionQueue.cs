using GrainStream.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// Tells appenders what became of their groups: in the order of the groups, never two calls at once. On the thread that posts while that
/// has nothing better to do (lowest latency), on the thread pool while more groups wait for the disk.
/// </summary>
internal sealed class CompletionQueue(ILogger logger, Action<Group> recycle) : IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private readonly Queue<(Group Group, CompletionPhase Phase)> _queue = new();
    private readonly HashSet<IJournalAppender> _told = new(ReferenceEqualityComparer.Instance);
    private TaskCompletionSource? _idle;
    private Exception? _failure;
    private bool _draining;

    /// <summary>Queues a group's callbacks; runs them here if <paramref name="inline"/> and nobody else is at it.</summary>
    public void Post(Group group, CompletionPhase phase, bool inline)
    {
        lock (_lock)
        {
            _queue.Enqueue((group, phase));
            if (_draining)
            {
                return;
            }

            _draining = true;
        }

        if (inline)
        {
            Execute();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Queues the bad news for a group that will never be synced.</summary>
    public void PostFailure(Group group, Exception cause)
    {
        _failure = cause;
        Post(group, CompletionPhase.Failed, inline: false);
    }

    /// <summary>Completes when every callback posted so far has run.</summary>
    public Task WhenIdle()
    {
        lock (_lock)
        {
            if (!_draining)
            {
                return Task.CompletedTask;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    public void Execute()
    {
        while (true)
        {
            Group group;
            CompletionPhase phase;
            lock (_lock)
            {
                if (!_queue.TryDequeue(out (Group Group, CompletionPhase Phase) next))
                {
                    _draining = false;
                    _idle?.SetResult();
                    _idle = null;
                    return;
                }

                (group, phase) = next;
            }

            Tell(group, phase);
            if (phase != CompletionPhase.Written)
            {
                recycle(group);
            }
        }
    }

    private void Tell(Group group, CompletionPhase phase)
    {
        if (phase == CompletionPhase.Written)
        {
            group.MergeCompletions();
        }

        foreach (Completion completion in group.Completions)
        {
            try
            {
                Tell(completion, phase);
            }
            catch (Exception error)
            {
                // An appender that breaks its promise not to throw must not keep the others from being told.
                JournalLogMessages.AppenderThrew(logger, completion.Appender.GetType(), error);
            }
        }
    }

    private void Tell(Completion completion, CompletionPhase phase)
    {
        switch (phase)
        {
            case CompletionPhase.Written:
                completion.Appender.Written(completion.End);
                break;
            case CompletionPhase.Synced:
                completion.Appender.Synced(completion.End);
                break;
            case CompletionPhase.Failed when _told.Add(completion.Appender):
                completion.Appender.JournalFailed(_failure!);
                break;
        }
    }
}
