using System.Diagnostics.CodeAnalysis;

namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>
/// A few threads for calls of the file system, which block: a sync for as long as the disk takes. The thread pool, which serves everything else and is as small as the
/// machine, is kept free of them. Threads are started as they are needed and stay. Work beyond them waits in line; there is no more of it than callers.
/// </summary>
/// <param name="name">Of the threads, for debuggers and dumps.</param>
/// <param name="most">How many threads there are at most.</param>
internal sealed class BlockingThreads(string name, int most) : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly Queue<Action> _waiting = new();
    private readonly List<Task> _ended = [];
    private int _idle;
    private bool _closed;

    /// <summary>Runs work on one of the threads. A call can be cancelled until it has begun; then its buffers are in use.</summary>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                done.SetResult(work());
            }
            catch (OperationCanceledException cancelled)
            {
                done.SetCanceled(cancelled.CancellationToken);
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        return done.Task;
    }

    /// <summary>Completes when what was asked for is done and the threads have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] ended;
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
            ended = [.. _ended];
        }

        await Task.WhenAll(ended);
    }

    private void Post(Action work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(FileObjectStore));
            _waiting.Enqueue(work);
            if (_idle >= _waiting.Count || _ended.Count == most)
            {
                Monitor.Pulse(_gate);
                return;
            }

            TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _ended.Add(ended.Task);
            new Thread(() => Run(ended)) { Name = name, IsBackground = true }.Start();
        }
    }

    private void Run(TaskCompletionSource ended)
    {
        while (TryTake(out Action? work))
        {
            work();
        }

        ended.SetResult();
    }

    private bool TryTake([NotNullWhen(true)] out Action? work)
    {
        lock (_gate)
        {
            _idle++;
            while (_waiting.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }

            _idle--;
            return _waiting.TryDequeue(out work);
        }
    }
}
