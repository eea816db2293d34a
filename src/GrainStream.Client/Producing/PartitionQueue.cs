using GrainStream.Protocol.Records;

namespace GrainStream.Client.Producing;

/// <summary>
/// Batches of one partition in the order they will be in the log. One of them is under way at most, so that no retry can overtake and an idempotent
/// producer's sequence has no gaps. Thread-safe.
/// </summary>
internal sealed class PartitionQueue(TopicPartition partition, ProducerOptions options, TimeProvider time)
{
    private readonly Queue<ProducerBatch> _batches = new();
    private ProducerBatch? _open;
    private bool _isUnderWay;
    private long _heldAt;
    private TimeSpan _hold;

    public TopicPartition Partition => partition;

    /// <summary>What the next batch is numbered by; null before the first and after one whose fate is unknown. The sender's alone.</summary>
    public ProducerIdentity? Identity { get; set; }

    /// <summary>Whether the producer's common identity is spoilt for this partition. The sender's alone.</summary>
    public bool NeedsOwnIdentity { get; set; }

    /// <summary>Sequence number of the next record. The sender's alone.</summary>
    public int NextSequence { get; set; }

    /// <summary>Adds a record. Returns the batch it went to, and whether the sender has something new to look at.</summary>
    public (ProducerBatch Batch, bool IsNews) Append(OutgoingRecord record, int size, RecordWaiter waiter, Func<RecordBatchBuilder> newBuilder)
    {
        long timestampMs = (record.Timestamp ?? time.GetUtcNow()).ToUnixTimeMilliseconds();
        lock (_batches)
        {
            bool isNews = false;
            if (_open is not null && _open.Builder.UncompressedSize + size > options.BatchBytes)
            {
                _open.IsSealed = true;
                _open = null;
            }

            if (_open is null)
            {
                _open = new ProducerBatch(partition, newBuilder(), time.GetTimestamp());
                _batches.Enqueue(_open);
                isNews = true;
            }

            ProducerBatch batch = _open;
            batch.Append(record, size, timestampMs, waiter);
            if (batch.Builder.UncompressedSize >= options.BatchBytes)
            {
                batch.IsSealed = true;
                _open = null;
                isNews = true;
            }

            return (batch, isNews);
        }
    }

    /// <summary>How long until a batch can be sent: zero for now, null if there is none or one is under way.</summary>
    /// <param name="isFlushing">Nobody waits for company.</param>
    public TimeSpan? Wait(bool isFlushing)
    {
        lock (_batches)
        {
            if (_isUnderWay || !_batches.TryPeek(out ProducerBatch? first))
            {
                return null;
            }

            TimeSpan held = _hold - time.GetElapsedTime(_heldAt);
            TimeSpan linger = first.IsSealed || isFlushing ? TimeSpan.Zero : options.Linger - time.GetElapsedTime(first.CreatedAt);
            TimeSpan longer = held > linger ? held : linger;
            return longer > TimeSpan.Zero ? longer : TimeSpan.Zero;
        }
    }

    /// <summary>Takes the first batch to be sent; it stays in the queue until <see cref="Remove"/> or <see cref="Release"/>.</summary>
    public ProducerBatch Begin()
    {
        lock (_batches)
        {
            _isUnderWay = true;
            ProducerBatch batch = _batches.Peek();
            batch.IsSealed = true;
            if (_open == batch)
            {
                _open = null;
            }

            return batch;
        }
    }

    /// <summary>The batch under way is to be sent again after a pause.</summary>
    public void Release(TimeSpan pause)
    {
        lock (_batches)
        {
            _isUnderWay = false;
            _heldAt = time.GetTimestamp();
            _hold = pause;
        }
    }

    /// <summary>The batch under way has been delivered or given up.</summary>
    public void Remove()
    {
        lock (_batches)
        {
            _batches.Dequeue();
            _isUnderWay = false;
        }
    }

    /// <summary>What becomes of all batches there are now.</summary>
    public Task[] Outcomes()
    {
        lock (_batches)
        {
            return [.. _batches.Select(batch => batch.Done)];
        }
    }
}
