using System.Buffers.Binary;
using GrainStream.Core.Log;
using GrainStream.Protocol.Records;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// First block of a journal file; little-endian, 4096 bytes.
/// <code>
///  0 magic "GSJOURNL"  |  8 crc-32c u32 of bytes 12.. | 12 format u32 = 1
/// 16 file number i64   | 24 base position i64         | 32 length i64
/// 40 journal id 16 bytes                              | 56 zero to the end
/// </code>
/// The base position is that of the block's own first byte: the file's frames begin at base + 4096, the next file's base is this one's
/// plus its length. The length is that of the whole file; a shorter file has lost its end.
/// </summary>
internal readonly record struct JournalFileHeader(long Number, JournalPosition Base, long Length, Guid JournalId)
{
    /// <summary>Bytes before the first frame.</summary>
    public const int Size = Blocks.Size;

    private const uint Format = 1;
    private const int CrcCoverageStart = 12;

    private static ReadOnlySpan<byte> Magic => "GSJOURNL"u8;

    /// <summary>Reads a head block.</summary>
    public static JournalFileHeaderStatus TryRead(ReadOnlySpan<byte> source, out JournalFileHeader header)
    {
        header = default;
        if (source.Length < Size || !source.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(source[8..]) != Crc32C.Compute(source[CrcCoverageStart..Size]))
        {
            return JournalFileHeaderStatus.Invalid;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(source[12..]) != Format)
        {
            return JournalFileHeaderStatus.OtherFormat;
        }

        header = new JournalFileHeader(
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            new JournalPosition(BinaryPrimitives.ReadInt64LittleEndian(source[24..])),
            BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            new Guid(source.Slice(40, 16)));
        return JournalFileHeaderStatus.Valid;
    }

    /// <summary>The head block.</summary>
    public byte[] ToBlock()
    {
        byte[] block = new byte[Size];
        Magic.CopyTo(block);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(12), Format);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(16), Number);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(24), Base.Value);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(32), Length);
        JournalId.TryWriteBytes(block.AsSpan(40));
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(8), Crc32C.Compute(block.AsSpan(CrcCoverageStart)));
        return block;
    }
}
