namespace GrainStream.Core.Log.Compaction;

/// <summary>
/// The latest offset of each key, in a fixed number of bytes: 24 per slot (hash 16, offset 8), as in Kafka, by open addressing with linear probing. Keys
/// are kept as hashes only. For one thread at a time.
/// </summary>
public sealed class OffsetMap
{
    /// <summary>Bytes of a slot.</summary>
    public const int SlotBytes = 24;

    /// <summary>
    /// Share of the slots that may be taken: three quarters keep a search for a key that is not there below nine slots on average (Knuth 6.4).
    /// </summary>
    private const double MaxLoad = 0.75;

    private readonly KeyHasher _hasher;
    private readonly Slot[] _slots;

    /// <summary>A map of at most <paramref name="maxBytes"/> bytes, for at most <paramref name="maxKeys"/> keys.</summary>
    /// <param name="maxBytes">The budget; at least room for one key is taken whatever it is.</param>
    /// <param name="maxKeys">Most keys that can come, so that a small log takes a small map.</param>
    /// <param name="hasher">With a secret of its own for this map.</param>
    public OffsetMap(long maxBytes, long maxKeys, KeyHasher hasher)
    {
        _hasher = hasher;
        double wanted = Math.Min(maxBytes / SlotBytes, (Math.Max(maxKeys, 1) / MaxLoad) + 1);
        _slots = new Slot[(int)Math.Clamp(wanted, 2, Array.MaxLength)];
        Capacity = (int)(_slots.Length * MaxLoad);
    }

    /// <summary>Most keys it takes.</summary>
    public int Capacity { get; }

    /// <summary>Keys in it.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes it takes, full or empty.</summary>
    public long Bytes => (long)_slots.Length * SlotBytes;

    /// <summary>Notes that the key's latest record is at <paramref name="offset"/>, unless a later one is known.</summary>
    /// <exception cref="InvariantViolationException">The key is new, and the map is full.</exception>
    public void Put(ReadOnlySpan<byte> key, long offset)
    {
        KeyHash hash = _hasher.Hash(key);
        ref Slot slot = ref Find(hash);
        if (slot.IsTaken)
        {
            slot.NextOffset = Math.Max(slot.NextOffset, offset + 1);
            return;
        }

        Invariant.Require(Count < Capacity, $"the offset map has room for {Capacity} keys, and has them all");
        slot = new Slot { Hash = hash, NextOffset = offset + 1 };
        Count++;
    }

    /// <summary>Finds the key's latest offset.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out long offset)
    {
        ref Slot slot = ref Find(_hasher.Hash(key));
        offset = slot.NextOffset - 1;
        return slot.IsTaken;
    }

    /// <summary>The slot of the hash, or the free one where it belongs. A quarter of the slots is always free, so the search ends.</summary>
    private ref Slot Find(KeyHash hash)
    {
        Slot[] slots = _slots;
        int index = (int)Math.BigMul(hash.Low, (ulong)slots.Length, out _);
        while (slots[index].IsTaken && slots[index].Hash != hash)
        {
            index = index + 1 < slots.Length ? index + 1 : 0;
        }

        return ref slots[index];
    }

    private struct Slot
    {
        public KeyHash Hash;

        /// <summary>The key's latest offset and 1; 0 where the slot is free.</summary>
        public long NextOffset;

        public readonly bool IsTaken => NextOffset != 0;
    }
}
