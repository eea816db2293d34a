using System.Text;
using GrainStream.Protocol.Records;

namespace GrainStream.Client.Producing;

/// <summary>Records of one partition that are sent together. Filled under its queue's lock; afterwards the sender's alone.</summary>
internal sealed class ProducerBatch(TopicPartition partition, RecordBatchBuilder builder, long createdAt)
{
    // Length, attributes, deltas and counts of a record: more than they ever take.
    private const int RecordOverheadBytes = 32;

    private readonly List<RecordWaiter> _waiters = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TopicPartition Partition => partition;

    public RecordBatchBuilder Builder => builder;

    /// <summary>Time stamp of its first record.</summary>
    public long CreatedAt => createdAt;

    /// <summary>Room that its records took of the producer's buffer.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>No more records are added.</summary>
    public bool IsSealed { get; set; }

    /// <summary>How often sending it has failed.</summary>
    public int Failures { get; set; }

    /// <summary>The last of these failures.</summary>
    public Exception? LastFailure { get; set; }

    /// <summary>What is sent; empty until it was built.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>Completes, never with an error, when it was delivered or given up.</summary>
    public Task Done => _done.Task;

    /// <summary>Room that a record takes.</summary>
    public static int SizeOf(OutgoingRecord record)
    {
        int size = RecordOverheadBytes + (record.Key?.Length ?? 0) + (record.Value?.Length ?? 0);
        for (int i = 0; i < record.Headers.Count; i++)
        {
            size += RecordOverheadBytes + Encoding.UTF8.GetMaxByteCount(record.Headers[i].Key.Length) + (record.Headers[i].Value?.Length ?? 0);
        }

        return size;
    }

    public void Append(OutgoingRecord record, int size, long timestampMs, RecordWaiter waiter)
    {
        for (int i = 0; i < record.Headers.Count; i++)
        {
            MessageHeader header = record.Headers[i];
            builder.AddHeader(Encoding.UTF8.GetBytes(header.Key), ToNullable(header.Value));
        }

        builder.Append(timestampMs, ToNullable(record.Key), ToNullable(record.Value));
        ReservedBytes += size;
        _waiters.Add(waiter);
    }

    /// <summary>Makes the bytes.</summary>
    public void Build() => Bytes = builder.Build();

    /// <summary>Makes the bytes, with which a broker recognises the batch when it comes again.</summary>
    public void Build(ProducerIdentity identity, int baseSequence)
    {
        builder.SetProducer(identity.Id, identity.Epoch, baseSequence);
        Bytes = builder.Build();
    }

    /// <summary>Has to be built anew.</summary>
    public void Unbuild() => Bytes = default;

    /// <summary>Tells everybody the outcome. Returns whether somebody did not ask and so does not know of an error.</summary>
    /// <param name="baseOffset">Offset of the first record; -1 if unknown.</param>
    /// <param name="error">Null if it was delivered.</param>
    /// <param name="time">For the latency.</param>
    public bool Complete(long baseOffset, Exception? error, TimeProvider time)
    {
        bool isUnheard = false;
        for (int i = 0; i < _waiters.Count; i++)
        {
            RecordWaiter waiter = _waiters[i];
            if (waiter is { Notify: null, Task: null })
            {
                isUnheard = error is not null;
                continue;
            }

            Delivery delivery = new(partition, baseOffset < 0 ? -1 : baseOffset + i, time.GetElapsedTime(waiter.TakenAt), error);
            waiter.Notify?.Invoke(delivery);
            if (error is null)
            {
                waiter.Task?.TrySetResult(delivery);
            }
            else
            {
                waiter.Task?.TrySetException(error);
            }
        }

        _done.TrySetResult();
        return isUnheard;
    }

    private static NullableBytes ToNullable(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? NullableBytes.FromSpan(some.Span) : NullableBytes.Null;
}
