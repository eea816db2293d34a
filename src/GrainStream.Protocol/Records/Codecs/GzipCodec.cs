using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace GrainStream.Protocol.Records.Codecs;

/// <summary>gzip (RFC 1952) by the framework.</summary>
internal sealed class GzipCodec : Codec
{
    /// <summary>Asked of the output at a time: several network segments, far below the large object heap.</summary>
    private const int ChunkBytes = 16 * 1024;

    /// <summary>Bytes of gzip around nothing: head 10, an empty block 2, checksum 4, length 4.</summary>
    private const int MinSize = 20;

    public override DecompressionStatus Decompress(in ReadOnlySequence<byte> input, int maxOutputBytes, IBufferWriter<byte> output)
    {
        if (input.Length < MinSize)
        {
            return DecompressionStatus.Malformed;
        }

        using SequenceReadStream source = new(input);
        using GZipStream gzip = new(source, CompressionMode.Decompress);
        try
        {
            int length = 0;
            while (length < maxOutputBytes)
            {
                int wanted = Math.Min(maxOutputBytes - length, ChunkBytes);
                Span<byte> chunk = output.GetSpan(wanted);
                int count = gzip.Read(chunk[..wanted]);
                if (count == 0)
                {
                    return StatusAtEnd(input, length);
                }

                output.Advance(count);
                length += count;
            }

            return gzip.ReadByte() < 0 ? StatusAtEnd(input, length) : DecompressionStatus.TooLarge;
        }
        catch (InvalidDataException)
        {
            return DecompressionStatus.Malformed;
        }
    }

    public override void Compress(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        using BufferWriterStream target = new(output);
        using GZipStream gzip = new(target, CompressionLevel.Optimal, leaveOpen: true);
        gzip.Write(input);
    }

    /// <summary>
    /// The framework reads input that ends early as if it ended there; the length in gzip's last four bytes tells. Holds for one
    /// member, which is what producers write; several in a row are malformed here.
    /// </summary>
    private static DecompressionStatus StatusAtEnd(in ReadOnlySequence<byte> input, int length)
    {
        Span<byte> trailer = stackalloc byte[sizeof(int)];
        input.Slice(input.Length - sizeof(int)).CopyTo(trailer);
        return BinaryPrimitives.ReadInt32LittleEndian(trailer) == length ? DecompressionStatus.Done : DecompressionStatus.Malformed;
    }
}
