using System.Buffers;

namespace GrainStream.Protocol.Wire;

/// <summary>
/// The records field of a message: record batches back to back, or null (the default). As read it holds the borrowed bytes; to be
/// written it may hold a payload instead, which is spliced in rather than copied.
/// </summary>
public readonly struct RecordSet
{
    private readonly ReadOnlySequence<byte> _bytes;
    private readonly bool _hasBytes;

    /// <summary>Borrowed bytes: they must stay unchanged until the message has been handled, or written.</summary>
    public RecordSet(ReadOnlySequence<byte> bytes)
    {
        _bytes = bytes;
        _hasBytes = true;
    }

    /// <summary>A payload to splice in; null for no records.</summary>
    public RecordSet(IRecordPayload? payload)
    {
        Payload = payload;
    }

    /// <summary>The payload to splice in; null if there is none, and always null in what was read.</summary>
    public IRecordPayload? Payload { get; }

    /// <summary>Sent as null, which differs from empty.</summary>
    public bool IsNull => !_hasBytes && Payload is null;

    /// <summary>Bytes on the wire; 0 for null.</summary>
    public long Length => Payload?.Length ?? _bytes.Length;

    /// <summary>The borrowed bytes; empty for null. A set made of a payload has none at hand.</summary>
    /// <exception cref="InvalidOperationException">The set was made of a payload.</exception>
    public ReadOnlySequence<byte> Bytes => Payload is null
        ? _bytes
        : throw new InvalidOperationException("A record set made of a payload can only be written; its bytes are the payload's.");

    public static implicit operator RecordSet(ReadOnlySequence<byte> bytes) => new(bytes);
}
