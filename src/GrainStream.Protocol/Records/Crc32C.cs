using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using ArmCrc32 = System.Runtime.Intrinsics.Arm.Crc32;

namespace GrainStream.Protocol.Records;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), as Kafka's record batches and our own formats use it. Uses the processor's
/// CRC instruction where there is one (x64 with SSE 4.2, Arm64 with CRC32), tables elsewhere; both give the same values.
/// </summary>
public static class Crc32C
{
    private const int Lanes = 3;

    /// <summary>
    /// Longest lane, in 8-byte words: long enough that joining the lanes (about 15 cycles) is lost in 1,536 cycles of work.
    /// </summary>
    private const int MaxLaneWords = 512;

    /// <summary>Below this many bytes one lane alone is faster than three and their joining.</summary>
    private const int MinInterleavedBytes = 256;

    /// <summary>At [w] what w words of zeros do to a lane's state; to twice the longest lane.</summary>
    private static readonly uint[] LaneFactors = Crc32CPolynomial.CreateWordShiftFactors(2 * MaxLaneWords);

    /// <summary>Whether the processor computes the checksum itself.</summary>
    public static bool IsHardwareAccelerated => Sse42.X64.IsSupported || ArmCrc32.Arm64.IsSupported;

    /// <summary>CRC of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>CRC of <paramref name="data"/>, segment by segment.</summary>
    public static uint Compute(in ReadOnlySequence<byte> data) => Append(0, data);

    /// <summary>CRC of the bytes that gave <paramref name="crc"/> followed by <paramref name="data"/>; 0 is the CRC of nothing.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data) =>
        IsHardwareAccelerated ? AppendInterleaved(crc, data) : Crc32CPortable.Append(crc, data);

    /// <inheritdoc cref="Append(uint, ReadOnlySpan{byte})"/>
    public static uint Append(uint crc, in ReadOnlySequence<byte> data)
    {
        if (data.IsSingleSegment)
        {
            return Append(crc, data.FirstSpan);
        }

        foreach (ReadOnlyMemory<byte> segment in data)
        {
            crc = Append(crc, segment.Span);
        }

        return crc;
    }

    /// <summary>
    /// CRC of bytes A followed by bytes B, from the CRCs of both and the length of B, without looking at the bytes. Takes a few
    /// nanoseconds per hexadecimal digit of the length.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lengthB"/> is negative.</exception>
    public static uint Combine(uint crcA, uint crcB, long lengthB)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lengthB);
        return Crc32CPolynomial.ShiftByBytes(crcA, lengthB) ^ crcB;
    }

    /// <summary>
    /// The instruction takes a word every cycle but answers after three, so three neighbouring stretches of the data are
    /// worked on at once and their states joined. Runs anywhere; only fast where <see cref="IsHardwareAccelerated"/>.
    /// </summary>
    internal static uint AppendInterleaved(uint crc, ReadOnlySpan<byte> data)
    {
        uint state = ~crc;
        while (data.Length >= MinInterleavedBytes)
        {
            int words = Math.Min(data.Length / (Lanes * sizeof(ulong)), MaxLaneWords);
            int laneBytes = words * sizeof(ulong);
            state = AppendLanes(state, data, laneBytes);
            data = data[(Lanes * laneBytes)..];
        }

        return ~AppendWords(state, data);
    }

    /// <summary>One lane only: what the three are measured against.</summary>
    internal static uint AppendSingleLane(uint crc, ReadOnlySpan<byte> data) => ~AppendWords(~crc, data);

    private static uint AppendLanes(uint state, ReadOnlySpan<byte> data, int laneBytes)
    {
        // References instead of spans: bounds checks on three streams would cost as much as the checksum.
        // The slice asserts once what they would.
        ref byte first = ref MemoryMarshal.GetReference(data[..(Lanes * laneBytes)]);
        ref byte second = ref Unsafe.Add(ref first, laneBytes);
        ref byte third = ref Unsafe.Add(ref second, laneBytes);
        uint secondState = 0;
        uint thirdState = 0;
        for (nint position = 0; position < laneBytes; position += sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, ReadWord(ref first, position));
            secondState = BitOperations.Crc32C(secondState, ReadWord(ref second, position));
            thirdState = BitOperations.Crc32C(thirdState, ReadWord(ref third, position));
        }

        int words = laneBytes / sizeof(ulong);
        ulong joined = Crc32CPolynomial.CarrylessMultiply(state, LaneFactors[2 * words])
            ^ Crc32CPolynomial.CarrylessMultiply(secondState, LaneFactors[words]);
        return Crc32CPolynomial.Reduce(joined) ^ thirdState;
    }

    private static uint AppendWords(uint state, ReadOnlySpan<byte> data)
    {
        ref byte start = ref MemoryMarshal.GetReference(data);
        int wordBytes = data.Length & ~(sizeof(ulong) - 1);
        for (nint position = 0; position < wordBytes; position += sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, ReadWord(ref start, position));
        }

        foreach (byte value in data[wordBytes..])
        {
            state = BitOperations.Crc32C(state, value);
        }

        return state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadWord(ref byte start, nint position)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, position));
        return BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
    }
}
