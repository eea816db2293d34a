using System.Buffers;

namespace GrainStream.Protocol.Records.Codecs;

/// <summary>No compression: the bytes are copied.</summary>
internal sealed class PlainCodec : Codec
{
    public override DecompressionStatus Decompress(in ReadOnlySequence<byte> input, int maxOutputBytes, IBufferWriter<byte> output)
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

    public override void Compress(ReadOnlySpan<byte> input, IBufferWriter<byte> output) => output.Write(input);
}
