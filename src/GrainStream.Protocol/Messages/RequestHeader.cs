using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Messages;

/// <summary>What precedes every request.</summary>
/// <param name="Key">What is asked; may be a number without a name.</param>
/// <param name="Version">Version of the request and of its response.</param>
/// <param name="CorrelationId">Repeated in the response.</param>
/// <param name="ClientId">Name the client gives itself, for logs and quotas; null if it gives none.</param>
/// <remarks>
/// <code>
///  header version 1: key i16 | version i16 | correlation id i32 | client id nullable string, never compact
///  header version 2: the same | tagged fields                      (if the request's version is flexible)
/// </code>
/// </remarks>
public readonly record struct RequestHeader(ApiKey Key, short Version, int CorrelationId, string? ClientId)
{
    /// <summary>Reads a header. A key without a declared message is taken to have a header without tagged fields.</summary>
    /// <exception cref="MalformedMessageException">The bytes are not a header.</exception>
    public static RequestHeader Read(ref KafkaReader reader)
    {
        var header = new RequestHeader(
            (ApiKey)reader.ReadInt16(),
            reader.ReadInt16(),
            reader.ReadInt32(),
            reader.ReadNullableString(compact: false));
        if (IsFlexible(header.Key, header.Version))
        {
            reader.SkipTags();
        }

        return header;
    }

    /// <summary>Writes the header.</summary>
    public void Write(KafkaWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt16((short)Key);
        writer.WriteInt16(Version);
        writer.WriteInt32(CorrelationId);
        writer.WriteNullableString(ClientId, compact: false);
        if (IsFlexible(Key, Version))
        {
            writer.WriteUnsignedVarInt(0);
        }
    }

    internal static bool IsFlexible(ApiKey key, short version) => version >= RequestVersions.FirstFlexible(key);
}
