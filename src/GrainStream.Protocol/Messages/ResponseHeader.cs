using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Messages;

/// <summary>What precedes every response.</summary>
/// <param name="CorrelationId">That of the request.</param>
/// <remarks>
/// <code>
///  header version 0: correlation id i32
///  header version 1: correlation id i32 | tagged fields            (if the request's version is flexible, but never for ApiVersions)
/// </code>
/// A client must be able to read the answer to its ApiVersions request before it knows what the broker can do (KIP-511).
/// </remarks>
public readonly record struct ResponseHeader(int CorrelationId)
{
    /// <summary>Reads the header of the response to a request of <paramref name="key"/> and <paramref name="version"/>.</summary>
    /// <exception cref="MalformedMessageException">The bytes are not a header.</exception>
    public static ResponseHeader Read(ref KafkaReader reader, ApiKey key, short version)
    {
        var header = new ResponseHeader(reader.ReadInt32());
        if (IsFlexible(key, version))
        {
            reader.SkipTags();
        }

        return header;
    }

    /// <summary>Writes the header of the response to a request of <paramref name="key"/> and <paramref name="version"/>.</summary>
    public void Write(KafkaWriter writer, ApiKey key, short version)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32(CorrelationId);
        if (IsFlexible(key, version))
        {
            writer.WriteUnsignedVarInt(0);
        }
    }

    private static bool IsFlexible(ApiKey key, short version) => key != ApiKey.ApiVersions && RequestHeader.IsFlexible(key, version);
}
