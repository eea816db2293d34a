using System.Numerics;
using System.Runtime.InteropServices;

namespace GrainStream.Protocol.Records;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), as Kafka's record batches and our own formats use it.</summary>
public static class Crc32C
{
    /// <summary>CRC of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>CRC of the bytes that gave <paramref name="crc"/> followed by <paramref name="data"/>; 0 is the CRC of nothing.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        uint state = ~crc;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (ulong word in words)
        {
            state = BitOperations.Crc32C(state, word);
        }

        foreach (byte value in data[(words.Length * sizeof(ulong))..])
        {
            state = BitOperations.Crc32C(state, value);
        }

        return ~state;
    }
}
