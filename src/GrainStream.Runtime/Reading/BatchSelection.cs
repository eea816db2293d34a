using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Runtime.Reading;

/// <summary>Which batches a read takes, decided one by one in log order.</summary>
/// <param name="partition">Whose batches.</param>
/// <param name="from">The first batch taken is the one that holds this offset.</param>
/// <param name="limit">No batch that begins here or later is taken.</param>
/// <param name="maxBytes">Bytes to stay within.</param>
/// <param name="atLeastOne">Take the first batch even if it alone exceeds the limit.</param>
internal struct BatchSelection(PartitionId partition, Offset from, Offset limit, int maxBytes, bool atLeastOne)
{
    public PartitionId Partition { get; } = partition;

    public Offset From { get; } = from;

    public Offset Limit { get; } = limit;

    public int MaxBytes { get; private set; } = maxBytes;

    /// <summary>Bytes taken.</summary>
    public int Bytes { get; private set; }

    /// <summary>Whether every batch below the limit has been seen.</summary>
    public bool HasSeenAll { get; private set; }

    /// <summary>Nothing more will be taken.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Lowers <see cref="MaxBytes"/>.</summary>
    public void LimitBytes(int bytes) => MaxBytes = Math.Min(MaxBytes, bytes);

    /// <summary>Decides on the next batch; true if it is taken.</summary>
    public bool Take(ReadOnlySpan<byte> batch)
    {
        bool isBatch = RecordBatchHeader.TryRead(batch, out RecordBatchHeader header);
        Core.Invariant.Require(isBatch, "a batch frame holds a batch");
        HasSeenAll = header.NextOffset >= Limit.Value;
        if (header.NextOffset <= From.Value)
        {
            return false;
        }

        bool exceeds = (long)Bytes + batch.Length > MaxBytes && (Bytes > 0 || !atLeastOne);
        if (header.BaseOffset >= Limit.Value || exceeds)
        {
            IsComplete = true;
            return false;
        }

        Bytes += batch.Length;
        IsComplete = Bytes >= MaxBytes;
        return true;
    }
}
