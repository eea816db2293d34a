using System.Runtime.CompilerServices;

namespace GrainStream.Protocol.Records;

/// <summary>
/// Zig-zag integers of variable length, as records use them: 7 bits a byte, lowest first, the top bit says that more follow; the sign
/// is in bit 0 (Protocol Buffers' sint32 and sint64).
/// </summary>
internal static class RecordVarint
{
    /// <summary>Bytes of the longest 32-bit integer.</summary>
    public const int MaxSize = 5;

    /// <summary>Bytes of the longest 64-bit integer.</summary>
    public const int MaxLongSize = 10;

    /// <summary>
    /// Reads an integer and moves <paramref name="position"/> behind it. False, with the position anywhere, if it ends early or is
    /// too long.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, scoped ref int position, out int value)
    {
        // Most lengths and deltas take one byte or two.
        uint rest = (uint)(source.Length - position);
        if (rest >= 2)
        {
            uint first = source[position];
            if (first < 0x80)
            {
                position++;
                value = Decode(first);
                return true;
            }

            uint second = source[position + 1];
            if (second < 0x80)
            {
                position += 2;
                value = Decode((first & 0x7F) | (second << 7));
                return true;
            }
        }

        return TryReadAnySize(source, ref position, out value);
    }

    /// <inheritdoc cref="TryRead"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadLong(ReadOnlySpan<byte> source, scoped ref int position, out long value)
    {
        if ((uint)position < (uint)source.Length && source[position] < 0x80)
        {
            value = Decode(source[position++]);
            return true;
        }

        return TryReadLongOfAnySize(source, ref position, out value);
    }

    /// <summary>Bytes that <see cref="Write(Span{byte}, int)"/> takes.</summary>
    public static int SizeOf(int value) => SizeOf((long)value);

    /// <summary>Bytes that <see cref="Write(Span{byte}, long)"/> takes.</summary>
    public static int SizeOf(long value)
    {
        ulong bits = Encode(value);
        return (63 - System.Numerics.BitOperations.LeadingZeroCount(bits | 1)) / 7 + 1;
    }

    /// <summary>Writes the integer and returns its size.</summary>
    public static int Write(Span<byte> destination, int value) => Write(destination, (long)value);

    /// <inheritdoc cref="Write(Span{byte}, int)"/>
    public static int Write(Span<byte> destination, long value)
    {
        ulong bits = Encode(value);
        int size = 0;
        while (bits >= 0x80)
        {
            destination[size++] = (byte)(bits | 0x80);
            bits >>= 7;
        }

        destination[size++] = (byte)bits;
        return size;
    }

    private static bool TryReadAnySize(ReadOnlySpan<byte> source, scoped ref int position, out int value)
    {
        uint bits = 0;
        for (int shift = 0; shift < MaxSize * 7; shift += 7)
        {
            if ((uint)position >= (uint)source.Length)
            {
                break;
            }

            byte next = source[position++];
            bits |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                value = Decode(bits);
                return shift < 28 || next <= 0x0F;
            }
        }

        value = 0;
        return false;
    }

    private static bool TryReadLongOfAnySize(ReadOnlySpan<byte> source, scoped ref int position, out long value)
    {
        ulong bits = 0;
        for (int shift = 0; shift < MaxLongSize * 7; shift += 7)
        {
            if ((uint)position >= (uint)source.Length)
            {
                break;
            }

            byte next = source[position++];
            bits |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                value = (long)(bits >> 1) ^ -(long)(bits & 1);
                return shift < 63 || next <= 1;
            }
        }

        value = 0;
        return false;
    }

    private static int Decode(uint bits) => (int)(bits >> 1) ^ -(int)(bits & 1);

    private static ulong Encode(long value) => (ulong)(value << 1) ^ (ulong)(value >> 63);
}
