using System.Buffers.Binary;

namespace GrainStream.Protocol.Records;

/// <summary>
/// CRC-32C by tables, eight bytes a step (Kounavis and Berry, "slicing-by-8", 2005), for processors without a CRC instruction.
/// </summary>
internal static class Crc32CPortable
{
    private const int Slices = sizeof(ulong);
    private const int ByteValues = 256;

    /// <summary>At [256 * s + v] the state of byte v followed by s zero bytes.</summary>
    private static readonly uint[] Tables = CreateTables();

    /// <inheritdoc cref="Crc32C.Append(uint, ReadOnlySpan{byte})"/>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<uint> tables = Tables;
        uint state = ~crc;
        while (data.Length >= sizeof(ulong))
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(data) ^ state;
            state = tables[(7 * ByteValues) + (byte)word]
                ^ tables[(6 * ByteValues) + (byte)(word >> 8)]
                ^ tables[(5 * ByteValues) + (byte)(word >> 16)]
                ^ tables[(4 * ByteValues) + (byte)(word >> 24)]
                ^ tables[(3 * ByteValues) + (byte)(word >> 32)]
                ^ tables[(2 * ByteValues) + (byte)(word >> 40)]
                ^ tables[ByteValues + (byte)(word >> 48)]
                ^ tables[(byte)(word >> 56)];
            data = data[sizeof(ulong)..];
        }

        foreach (byte value in data)
        {
            state = tables[(byte)(state ^ value)] ^ (state >> 8);
        }

        return ~state;
    }

    private static uint[] CreateTables()
    {
        uint[] tables = new uint[Slices * ByteValues];
        for (uint value = 0; value < ByteValues; value++)
        {
            uint state = value;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state & 1) != 0 ? (state >> 1) ^ Crc32CPolynomial.Reflected : state >> 1;
            }

            tables[value] = state;
        }

        for (int i = ByteValues; i < tables.Length; i++)
        {
            uint previous = tables[i - ByteValues];
            tables[i] = tables[(byte)previous] ^ (previous >> 8);
        }

        return tables;
    }
}
