using System.Buffers;

namespace GrainStream.Runtime.Reading;

/// <summary>Gathers batches read from disk into one pooled buffer, paid for out of the node's budget when it was made.</summary>
internal sealed class DiskReadBuffer(DiskReadBudget budget, int capacity)
{
    private byte[]? _buffer;
    private int _length;

    /// <summary>Adds a batch. Only the first may exceed the capacity: a reader is always given at least one.</summary>
    public void Add(ReadOnlySpan<byte> batch)
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(Math.Max(capacity, batch.Length));
        batch.CopyTo(_buffer.AsSpan(_length));
        _length += batch.Length;
    }

    /// <summary>Hands the buffer over; null, and the budget given back, if nothing was added.</summary>
    public RecordsPayload? ToPayload()
    {
        if (_buffer is null)
        {
            budget.Return(capacity);
            return null;
        }

        return new PooledPayload(_buffer, _length, budget, capacity);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Discard()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        budget.Return(capacity);
    }
}
