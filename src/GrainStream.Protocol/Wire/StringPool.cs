using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace GrainStream.Protocol.Wire;

/// <summary>
/// Turns UTF-8 into strings and remembers the recent short ones, so that a topic name or client id that comes with
/// every request is allocated once.
/// </summary>
/// <remarks>
/// Bounded: a fixed table in which a newcomer replaces what hashed to its slot, so a peer that sends endless new names costs
/// misses and never memory. Safe for any number of threads: a slot is one reference, and what is found is compared before it is used.
/// Only ASCII is remembered; every legal topic name is.
/// </remarks>
public sealed class StringPool
{
    /// <summary>For all connections of the process: topic names repeat across them.</summary>
    public static readonly StringPool Shared = new(4096);

    /// <summary>Longest string that is remembered, in bytes; topic names end at 249.</summary>
    public const int MaximumLength = 256;

    private readonly string?[] _slots;

    /// <summary><paramref name="slots"/>: how many strings to remember at most, a power of two.</summary>
    public StringPool(int slots)
    {
        if (slots <= 0 || !BitOperations.IsPow2(slots))
        {
            throw new ArgumentOutOfRangeException(nameof(slots), slots, "Must be a power of two.");
        }

        _slots = new string?[slots];
    }

    /// <summary>The string of <paramref name="utf8"/>; bytes that are not UTF-8 become U+FFFD, as in Kafka.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return string.Empty;
        }

        if (utf8.Length > MaximumLength)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ref string? slot = ref _slots[Hash(utf8) & (uint)(_slots.Length - 1)];
        string? found = Volatile.Read(ref slot);
        if (found is not null && Ascii.Equals(utf8, found))
        {
            return found;
        }

        string decoded = Encoding.UTF8.GetString(utf8);
        if (Ascii.IsValid(utf8))
        {
            Volatile.Write(ref slot, decoded);
        }

        return decoded;
    }

    /// <summary>Spreads words over the slots; it need not resist an attacker, who gains nothing from a collision.</summary>
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15; // 2^64 divided by the golden ratio (Knuth, TAOCP vol. 3, 6.4).
        ulong hash = (ulong)bytes.Length;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            hash = BitOperations.RotateLeft((hash ^ word) * Multiplier, 29);
        }

        foreach (byte value in bytes[(words.Length * sizeof(ulong))..])
        {
            hash = (hash ^ value) * Multiplier;
        }

        return (uint)(hash >> 32);
    }
}
