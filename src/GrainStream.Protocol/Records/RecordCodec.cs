using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace GrainStream.Protocol.Records;

/// <summary>
/// Decompresses the records of a batch, for those few parts of a broker that look into batches: appending and fetching pass them on as
/// they are. Knows <see cref="CompressionType.None"/> and <see cref="CompressionType.Gzip"/>; the others are answered with
/// <see cref="DecompressionStatus.UnsupportedCodec"/>.
/// </summary>
public static class RecordCodec
{
    /// <summary>Asked of the output at a time: several network segments, far below the large object heap.</summary>
    private const int ChunkBytes = 16 * 1024;

    /// <summary>Bytes of gzip around nothing: head 10, an empty block 2, checksum 4, length 4 (RFC 1952).</summary>
    private const int MinGzipSize = 20;

    /// <summary>Whether <see cref="Decompress"/> can do anything with batches of this codec.</summary>
    public static bool CanDecompress(CompressionType codec) => codec is CompressionType.None or CompressionType.Gzip;

    /// <summary>
    /// Decompresses <paramref name="input"/> into <paramref name="output"/>, at most <paramref name="maxOutputBytes"/> bytes. A few
    /// kilobytes can claim to be gigabytes, so the bound is what protects the caller: no more than it is ever asked of the output.
    /// </summary>
    /// <param name="codec">From the batch's head.</param>
    /// <param name="input">The bytes after the head. Borrowed for the call. May be anything; never makes this throw.</param>
    /// <param name="maxOutputBytes">Most bytes wanted, at least 0.</param>
    /// <param name="output">Where the bytes go. Holds a part of them if the outcome is not <see cref="DecompressionStatus.Done"/>.</param>
    public static DecompressionStatus Decompress(
        CompressionType codec, in ReadOnlySequence<byte> input, int maxOutputBytes, IBufferWriter<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxOutputBytes);
        return codec switch
        {
            CompressionType.None => Copy(input, maxOutputBytes, output),
            CompressionType.Gzip => Inflate(input, maxOutputBytes, output),
            _ => DecompressionStatus.UnsupportedCodec,
        };
    }

    /// <summary>Compresses <paramref name="input"/> with gzip into <paramref name="output"/>.</summary>
    internal static void CompressGzip(ReadOnlySpan<byte> input, CompressionLevel level, IBufferWriter<byte> output)
    {
        using BufferWriterStream target = new(output);
        using GZipStream gzip = new(target, level, leaveOpen: true);
        gzip.Write(input);
    }

    private static DecompressionStatus Copy(in ReadOnlySequence<byte> input, int maxOutputBytes, IBufferWriter<byte> output)
    {
        if (input.Length > maxOutputBytes)
        {
            return DecompressionStatus.TooLarge;
        }

        foreach (ReadOnlyMemory<byte> segment in input)
        {
            output.Write(segment.Span);
        }

        return DecompressionStatus.Done;
    }

    private static DecompressionStatus Inflate(in ReadOnlySequence<byte> input, int maxOutputBytes, IBufferWriter<byte> output)
    {
        if (input.Length < MinGzipSize)
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
