using System.Buffers.Binary;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// The last 32 bytes of a segment, little-endian: where its footer is.
/// <code>
///  0 footer length u32 | 4 footer crc-32c u32 | 8 data length i64 | 16 format u32 = 1 | 20 crc-32c u32, of bytes 0..20 | 24 magic "GSSEGEND"
/// </code>
/// </summary>
/// <param name="FooterLength">Bytes of the footer, which ends where the trailer begins.</param>
/// <param name="FooterCrc">CRC-32C of the footer.</param>
/// <param name="DataLength">Bytes of the record batches: where the footer begins.</param>
public readonly record struct SegmentTrailer(int FooterLength, uint FooterCrc, long DataLength)
{
    public const int Size = 32;
    private const uint Format = 1;
    private const int CrcPosition = 20;
    private const int MagicPosition = 24;

    private static ReadOnlySpan<byte> Magic => "GSSEGEND"u8;

    /// <summary>Length of the whole object.</summary>
    public long ObjectLength => DataLength + FooterLength + Size;

    /// <summary>Reads a trailer; positions of the fault count from the trailer's beginning.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out SegmentTrailer trailer, out StoredFault fault)
    {
        trailer = default;
        fault = default;
        if (source.Length != Size)
        {
            fault = new StoredFault(0, $"there are {source.Length} bytes where the trailer of {Size} bytes was written");
        }
        else if (!source[MagicPosition..].SequenceEqual(Magic))
        {
            fault = new StoredFault(MagicPosition, "the trailer's magic bytes are not those of a segment");
        }
        else if (Crc32C.Compute(source[..CrcPosition]) != BinaryPrimitives.ReadUInt32LittleEndian(source[CrcPosition..]))
        {
            fault = new StoredFault(0, "the trailer's checksum does not match");
        }
        else if (BinaryPrimitives.ReadUInt32LittleEndian(source[16..]) is uint format and not Format)
        {
            fault = new StoredFault(16, $"segment format {format} is not known; was it written by a newer GrainStream? Then start that one");
        }
        else
        {
            trailer = new SegmentTrailer(
                BinaryPrimitives.ReadInt32LittleEndian(source),
                BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
                BinaryPrimitives.ReadInt64LittleEndian(source[8..]));
            if (trailer.FooterLength < 0 || trailer.DataLength < 0)
            {
                fault = new StoredFault(0, "the trailer gives negative lengths");
            }
        }

        return fault == default;
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, FooterLength);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], FooterCrc);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], DataLength);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], Format);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[CrcPosition..], Crc32C.Compute(destination[..CrcPosition]));
        Magic.CopyTo(destination[MagicPosition..]);
    }
}
