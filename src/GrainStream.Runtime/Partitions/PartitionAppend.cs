using System.Buffers;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Runtime.Partitions;

/// <summary>One validated record batch on its way into a partition. Single use.</summary>
public abstract class PartitionAppend : PartitionInput
{
    private bool _isTaken;
    private bool _isCompleted;

    /// <summary>Head of the batch as the producer sent it.</summary>
    public required RecordBatchHeader Header { get; init; }

    /// <summary>The whole batch, head included; its lengths and CRC are checked. Borrowed until <see cref="OnTaken"/>.</summary>
    public required ReadOnlySequence<byte> Batch { get; init; }

    public required Acknowledgement Acknowledgement { get; init; }

    /// <summary>What is owed once the batch is as durable as asked.</summary>
    internal AppendResult Promised { get; set; }

    /// <summary>Log end that must be reached before <see cref="Promised"/> may be given.</summary>
    internal Offset PromisedEnd { get; set; }

    /// <summary><see cref="Batch"/> is no longer needed. Called once, before <see cref="OnCompleted"/>, on any thread; must not throw.</summary>
    protected internal abstract void OnTaken();

    /// <summary>The outcome, once. Called on any thread; must be quick and must not throw.</summary>
    protected internal abstract void OnCompleted(in AppendResult result);

    internal sealed override void Execute(Partition partition) => partition.Append(this);

    internal sealed override void Refuse(Partition partition)
    {
        Take();
        Complete(partition.RefusedAppend());
    }

    /// <summary>Gives the batch back, once: a failure may come after it was given back.</summary>
    internal void Take()
    {
        if (!_isTaken)
        {
            _isTaken = true;
            OnTaken();
        }
    }

    /// <summary>Answers, once: a failure may come while the answer already waits for its turn.</summary>
    internal void Complete(in AppendResult result)
    {
        if (!_isCompleted)
        {
            _isCompleted = true;
            OnCompleted(result);
        }
    }
}
