using System.Buffers;
using GrainStream.Core.Log;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// A stretch of journal bytes in memory: first what the writer writes from, then what readers read.
/// <code>
///   Base (block boundary)   First                 Published            End       Base + Capacity
///    | bytes before First,   | frames, copied and  | frames, being      | free    |
///    | writer's only (&lt; 4K) | handed to writer    | copied             |         |
/// </code>
/// Its memory goes back to the pool when the last reference goes: one is held while the slab is resident, one per pin.
/// A slab is used for one stretch only; the memory below it is used again.
/// </summary>
internal sealed unsafe class Slab : MemoryManager<byte>, IJournalBuffer
{
    private readonly SlabPool _pool;
    private readonly byte* _memory;
    private long _published;
    private int _references = 1;

    public Slab(SlabPool pool, byte* memory, int capacity, JournalPosition first)
    {
        _pool = pool;
        _memory = memory;
        Capacity = capacity;
        First = first;
        Base = new JournalPosition(Blocks.Down(first.Value));
        End = first;
        _published = first.Value;
    }

    public int Capacity { get; }

    public JournalPosition Base { get; }

    public JournalPosition First { get; }

    /// <summary>End of what is reserved. Under the journal's lock.</summary>
    public JournalPosition End { get; set; }

    /// <summary>Bytes that can still be reserved.</summary>
    public long Free => Capacity - (End - Base);

    /// <summary>The memory of a stretch of positions.</summary>
    public Span<byte> At(JournalPosition position, int length)
    {
        long offset = position - Base;
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, Capacity);
        return new Span<byte>(_memory + offset, length);
    }

    /// <summary>Lets readers see the frames below <paramref name="end"/>, whose bytes are complete.</summary>
    public void Publish(JournalPosition end) => Volatile.Write(ref _published, end.Value);

    /// <summary>Lends the published bytes from a position on; false if there are none there or the slab is gone.</summary>
    public bool TryPin(JournalPosition position, out JournalPin pin)
    {
        long published = Volatile.Read(ref _published);
        if (position < First || position.Value >= published || !TryRetain())
        {
            pin = default;
            return false;
        }

        pin = new JournalPin(CreateMemory((int)(position - Base), (int)(published - position.Value)), this);
        return true;
    }

    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left == 0)
        {
            _pool.Return(_memory, Capacity);
        }
        else if (left < 0)
        {
            throw new InvalidOperationException("A journal pin was disposed twice; its memory may already hold other bytes.");
        }
    }

    public override Span<byte> GetSpan() => new(_memory, Capacity);

    // Native memory does not move, so pinning it in the garbage collector's sense costs nothing.
    public override MemoryHandle Pin(int elementIndex = 0) => new(_memory + elementIndex, pinnable: this);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        // Lifetime is by references; see Release.
    }

    private bool TryRetain()
    {
        int seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            int found = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }
}
