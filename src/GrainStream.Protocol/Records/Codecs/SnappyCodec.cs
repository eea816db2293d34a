using System.Buffers;
using System.Buffers.Binary;

namespace GrainStream.Protocol.Records.Codecs;

/// <summary>
/// Snappy by libsnappy's C functions. Two layouts are in use: one raw block (librdkafka, Go clients), and the framing of the Java library
/// snappy-java (Java, Python), which knows neither a checksum nor an end mark:
/// <code>
/// 0x82 'S' 'N' 'A' 'P' 'P' 'Y' 0x00 | version i32 | lowest readable version i32 | { block length i32 | raw block } ...
/// </code>
/// Integers are big-endian. Both are read; the framing is written, which every client reads.
/// </summary>
internal sealed unsafe class SnappyCodec : Codec
{
    private const int MagicBytes = 8;
    private const int FrameHeadBytes = 16;

    /// <summary>Block size of snappy-java, and of Kafka's Java client.</summary>
    private const int BlockBytes = 32 * 1024;

    /// <summary>No block unfolds further: the densest element makes 64 bytes of 3 (snappy's format_description.txt).</summary>
    private const int MaxExpansion = 22;

    private readonly delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint*, int> _compress;
    private readonly delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint*, int> _decompress;
    private readonly delegate* unmanaged[Cdecl]<byte*, nuint, nuint*, int> _decompressedLength;
    private readonly delegate* unmanaged[Cdecl]<nuint, nuint> _compressBound;

    private SnappyCodec(nint[] functions)
    {
        _compress = (delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint*, int>)functions[0];
        _decompress = (delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint*, int>)functions[1];
        _decompressedLength = (delegate* unmanaged[Cdecl]<byte*, nuint, nuint*, int>)functions[2];
        _compressBound = (delegate* unmanaged[Cdecl]<nuint, nuint>)functions[3];
    }

    private static ReadOnlySpan<byte> FrameHead => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1];

    /// <summary>The codec, null where the system has no libsnappy.</summary>
    public static SnappyCodec? TryLoad()
    {
        nint[]? functions = CodecLibrary.TryLoad(
            "snappy", "1", "snappy_compress", "snappy_uncompress", "snappy_uncompressed_length", "snappy_max_compressed_length");
        return functions is null ? null : new SnappyCodec(functions);
    }

    public override DecompressionStatus Decompress(in ReadOnlySequence<byte> input, int maxOutputBytes, IBufferWriter<byte> output)
    {
        if (input.IsSingleSegment)
        {
            return Decompress(input.FirstSpan, maxOutputBytes, output);
        }

        if (input.Length > Array.MaxLength)
        {
            return DecompressionStatus.TooLarge;
        }

        int length = (int)input.Length;
        byte[] whole = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            input.CopyTo(whole);
            return Decompress(whole.AsSpan(0, length), maxOutputBytes, output);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    public override void Compress(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        output.Write(FrameHead);
        while (!input.IsEmpty)
        {
            ReadOnlySpan<byte> block = input[..Math.Min(BlockBytes, input.Length)];
            input = input[block.Length..];
            Span<byte> target = output.GetSpan(sizeof(int) + (int)_compressBound((nuint)block.Length));
            nuint size = (nuint)(target.Length - sizeof(int));
            fixed (byte* source = block)
            fixed (byte* destination = target)
            {
                if (_compress(source, (nuint)block.Length, destination + sizeof(int), &size) != 0)
                {
                    throw new InvalidOperationException("libsnappy did not keep the bound that it gave");
                }
            }

            BinaryPrimitives.WriteInt32BigEndian(target, (int)size);
            output.Advance(sizeof(int) + (int)size);
        }
    }

    private DecompressionStatus Decompress(ReadOnlySpan<byte> input, int maxOutputBytes, IBufferWriter<byte> output)
    {
        int room = maxOutputBytes;
        if (!input.StartsWith(FrameHead[..MagicBytes]))
        {
            return DecompressBlock(input, ref room, output);
        }

        // Writers differ in the versions they give; the layout has only ever been one.
        if (input.Length < FrameHeadBytes)
        {
            return DecompressionStatus.Malformed;
        }

        for (input = input[FrameHeadBytes..]; !input.IsEmpty;)
        {
            if (!BinaryPrimitives.TryReadInt32BigEndian(input, out int size) || size < 0 || size > input.Length - sizeof(int))
            {
                return DecompressionStatus.Malformed;
            }

            DecompressionStatus status = DecompressBlock(input.Slice(sizeof(int), size), ref room, output);
            if (status != DecompressionStatus.Done)
            {
                return status;
            }

            input = input[(sizeof(int) + size)..];
        }

        return DecompressionStatus.Done;
    }

    /// <summary>A block says first how long it will be; a claim that it cannot keep asks nothing of the output.</summary>
    private DecompressionStatus DecompressBlock(ReadOnlySpan<byte> block, ref int room, IBufferWriter<byte> output)
    {
        fixed (byte* source = block)
        {
            nuint claimed = 0;
            if (source is null
                || _decompressedLength(source, (nuint)block.Length, &claimed) != 0
                || claimed > (nuint)block.Length * MaxExpansion)
            {
                return DecompressionStatus.Malformed;
            }

            if (claimed > (nuint)room)
            {
                return DecompressionStatus.TooLarge;
            }

            Span<byte> target = output.GetSpan((int)claimed);
            nuint size = claimed;
            fixed (byte* destination = target)
            {
                if (_decompress(source, (nuint)block.Length, destination, &size) != 0 || size != claimed)
                {
                    return DecompressionStatus.Malformed;
                }
            }

            output.Advance((int)size);
            room -= (int)size;
            return DecompressionStatus.Done;
        }
    }
}
