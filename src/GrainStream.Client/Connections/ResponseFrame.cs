using System.Buffers;
using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Client.Connections;

/// <summary>The bytes of one response, in an array from the pool that <see cref="Dispose"/> gives back.</summary>
internal sealed class ResponseFrame(byte[] array, int length) : IDisposable
{
    private byte[]? _array = array;

    /// <summary>First field of every response.</summary>
    public int CorrelationId => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(Bytes.Span);

    public ReadOnlyMemory<byte> Bytes => (_array ?? throw new ObjectDisposedException(nameof(ResponseFrame))).AsMemory(0, length);

    /// <summary>Reads the response. Record sets in it borrow this frame's bytes.</summary>
    /// <exception cref="UnreadableResponseException">The bytes are not such a response.</exception>
    public TResponse Read<TResponse>(short version, BrokerAddress broker)
        where TResponse : IKafkaResponse<TResponse>
    {
        try
        {
            KafkaReader reader = new(Bytes);
            ResponseHeader.Read(ref reader, TResponse.Key, version);
            return TResponse.Read(ref reader, version);
        }
        catch (MalformedMessageException e)
        {
            throw new UnreadableResponseException($"Broker {broker} answered {TResponse.Key} v{version} with bytes that are no such answer: {e.Message}", e);
        }
    }

    /// <summary>The error code that an ApiVersions response of any version begins with.</summary>
    public ErrorCode PeekError()
    {
        KafkaReader reader = new(Bytes);
        reader.ReadInt32();
        return (ErrorCode)reader.ReadInt16();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
