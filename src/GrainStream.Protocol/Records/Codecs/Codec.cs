using System.Buffers;

namespace GrainStream.Protocol.Records.Codecs;

/// <summary>One way to compress the records of a batch. Stateless and thread-safe; <see cref="RecordCodec"/> says what the members promise.</summary>
internal abstract class Codec
{
    /// <inheritdoc cref="RecordCodec.Decompress"/>
    public abstract DecompressionStatus Decompress(in ReadOnlySequence<byte> input, int maxOutputBytes, IBufferWriter<byte> output);

    /// <inheritdoc cref="RecordCodec.Compress"/>
    public abstract void Compress(ReadOnlySpan<byte> input, IBufferWriter<byte> output);
}
