using GrainStream.Protocol;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Runs operations on partitions' segments: of one partition one at a time, in order; of the node a few at a time, urgent ones first. Thread-safe.
/// </summary>
/// <param name="concurrency">Operations at a time.</param>
internal sealed class OperationQueue(int concurrency)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Operation> _urgent = new();
    private readonly LinkedList<Operation> _normal = new();
    private readonly HashSet<PartitionTier> _busy = new(ReferenceEqualityComparer.Instance);
    private TaskCompletionSource? _idle;
    private bool _closed;

    /// <summary>Operations that run now.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _busy.Count;
            }
        }
    }

    /// <summary>Whether an operation runs on any partition of a topic.</summary>
    public bool IsBusy(TopicId topic)
    {
        lock (_lock)
        {
            return _busy.Any(tier => tier.Partition.Id.Topic == topic);
        }
    }

    /// <summary>Runs an operation when it is its turn.</summary>
    /// <param name="tier">The partition it is about.</param>
    /// <param name="urgent">Before those that are not.</param>
    /// <param name="run">The operation; answers for its failures and does not throw.</param>
    public Task<TierOutcome> RunAsync(PartitionTier tier, bool urgent, Func<Task<TierOutcome>> run)
    {
        var operation = new Operation(tier, run);
        lock (_lock)
        {
            if (_closed)
            {
                return Task.FromResult(TierOutcome.Cancelled);
            }

            (urgent ? _urgent : _normal).AddLast(operation);
        }

        StartReady();
        return operation.Completion.Task;
    }

    /// <summary>Starts no more operations; those that wait are cancelled. Completes when the last one that runs has ended.</summary>
    public Task CloseAsync()
    {
        Operation[] waiting;
        Task idle;
        lock (_lock)
        {
            _closed = true;
            waiting = [.. _urgent, .. _normal];
            _urgent.Clear();
            _normal.Clear();
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
            if (_busy.Count == 0)
            {
                _idle.TrySetResult();
            }
        }

        foreach (Operation operation in waiting)
        {
            operation.Completion.SetResult(TierOutcome.Cancelled);
        }

        return idle;
    }

    private void StartReady()
    {
        while (TryTake(out Operation? operation))
        {
            _ = RunToEndAsync(operation!);
        }
    }

    private bool TryTake(out Operation? operation)
    {
        lock (_lock)
        {
            operation = null;
            return _busy.Count < concurrency && (TryTakeFrom(_urgent, out operation) || TryTakeFrom(_normal, out operation));
        }
    }

    // The first whose partition is free: few wait behind one that is not.
    private bool TryTakeFrom(LinkedList<Operation> waiting, out Operation? operation)
    {
        for (LinkedListNode<Operation>? node = waiting.First; node is not null; node = node.Next)
        {
            if (_busy.Add(node.Value.Tier))
            {
                waiting.Remove(node);
                operation = node.Value;
                return true;
            }
        }

        operation = null;
        return false;
    }

    // Owned: CloseAsync waits for it, and what it throws goes to who waits for the operation.
    private async Task RunToEndAsync(Operation operation)
    {
        // Who queues an operation does not run it: operations compute, and queues are filled by loops that others wait for.
        await Task.Yield();
        try
        {
            operation.Completion.SetResult(await operation.Run());
        }
        catch (Exception failure)
        {
            operation.Completion.SetException(failure);
        }

        lock (_lock)
        {
            _busy.Remove(operation.Tier);
            if (_busy.Count == 0)
            {
                _idle?.TrySetResult();
            }
        }

        StartReady();
    }

    private sealed class Operation(PartitionTier tier, Func<Task<TierOutcome>> run)
    {
        public PartitionTier Tier { get; } = tier;

        public Func<Task<TierOutcome>> Run { get; } = run;

        public TaskCompletionSource<TierOutcome> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
