using GrainStream.Protocol;

namespace GrainStream.Runtime.Partitions;

/// <summary>Appends whose replies wait for the log to be durable up to their end; released in order.</summary>
internal sealed class PendingAppends
{
    private Queue<PartitionAppend>? _queue;

    /// <summary>May be asked from any thread; a moment old there.</summary>
    public bool IsEmpty => _queue is not { Count: > 0 };

    /// <summary>
    /// Adds an append at the end. Ends grow along the queue but for repeated batches, whose end may be lower; those wait for the ones before.
    /// </summary>
    public void Add(PartitionAppend append) => (_queue ??= new Queue<PartitionAppend>()).Enqueue(append);

    /// <summary>Answers everything up to <paramref name="end"/>.</summary>
    public void Release(Offset end)
    {
        while (_queue is { Count: > 0 } queue && queue.Peek().PromisedEnd <= end)
        {
            PartitionAppend append = queue.Dequeue();
            append.Complete(append.Promised);
        }
    }

    /// <summary>Answers everything with <paramref name="refusal"/>.</summary>
    public void RefuseAll(in AppendResult refusal)
    {
        while (_queue is { Count: > 0 } queue)
        {
            queue.Dequeue().Complete(refusal);
        }
    }
}
