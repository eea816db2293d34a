using System.Buffers.Binary;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// What manifests and pages have in common: a head of 20 bytes, and one CRC over everything behind it.
/// <code>
///  0 magic 8 bytes | 8 crc-32c u32, of bytes 12.. | 12 format u32 = 1 | 16 length u32, of the whole object | 20 body
/// </code>
/// </summary>
internal static class StoredFrame
{
    public const int HeadSize = 20;
    private const int CrcPosition = 8;
    private const int CoverageStart = 12;
    private const int LengthPosition = 16;
    private const uint Format = 1;

    /// <summary>Fills in the head around a body that is already in place; returns the CRC.</summary>
    public static uint Seal(Span<byte> content, ReadOnlySpan<byte> magic)
    {
        magic.CopyTo(content);
        BinaryPrimitives.WriteUInt32LittleEndian(content[CoverageStart..], Format);
        BinaryPrimitives.WriteUInt32LittleEndian(content[LengthPosition..], (uint)content.Length);
        uint crc = Crc32C.Compute(content[CoverageStart..]);
        BinaryPrimitives.WriteUInt32LittleEndian(content[CrcPosition..], crc);
        return crc;
    }

    /// <summary>Checks the head and the CRC.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> content, ReadOnlySpan<byte> magic, out uint crc, out StoredFault fault)
    {
        crc = 0;
        if (content.Length < HeadSize)
        {
            fault = new StoredFault(content.Length, $"the object ends after {content.Length} bytes, within its head of {HeadSize}");
            return false;
        }

        if (!content[..magic.Length].SequenceEqual(magic))
        {
            fault = new StoredFault(0, "the magic bytes are not those of this format");
            return false;
        }

        crc = BinaryPrimitives.ReadUInt32LittleEndian(content[CrcPosition..]);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(content[LengthPosition..]);
        if (Crc32C.Compute(content[CoverageStart..]) != crc)
        {
            fault = length == content.Length
                ? new StoredFault(CoverageStart, "the checksum does not match")
                : new StoredFault(LengthPosition, $"the object has {content.Length} bytes and says {length}, and the checksum does not match");
            return false;
        }

        uint format = BinaryPrimitives.ReadUInt32LittleEndian(content[CoverageStart..]);
        fault = format != Format
            ? new StoredFault(CoverageStart, $"format {format} is not known; was it written by a newer GrainStream? Then start that one")
            : new StoredFault(LengthPosition, $"the object has {content.Length} bytes and says {length}");
        return format == Format && length == content.Length;
    }
}
