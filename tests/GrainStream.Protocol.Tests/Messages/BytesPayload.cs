using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>A payload whose bytes are at hand.</summary>
internal sealed class BytesPayload(byte[] bytes) : IRecordPayload
{
    public byte[] Bytes { get; } = bytes;

    public int Length => Bytes.Length;
}
