using GrainStream.Protocol.Wire;

namespace GrainStream.Client.Connections;

/// <summary>Record batches to send, in place. The bytes must stay as they are until the request has been sent.</summary>
internal sealed class BatchPayload(ReadOnlyMemory<byte> bytes) : IRecordPayload
{
    public ReadOnlyMemory<byte> Bytes => bytes;

    public int Length => bytes.Length;
}
