namespace GrainStream.Protocol.Records;

/// <summary>One header of a record (KIP-82). Borrows the batch's bytes.</summary>
public readonly ref struct RecordHeader
{
    internal RecordHeader(ReadOnlySpan<byte> key, NullableBytes value)
    {
        Key = key;
        Value = value;
    }

    /// <summary>The name, in UTF-8 by convention; the bytes are not checked. Names may repeat.</summary>
    public ReadOnlySpan<byte> Key { get; }

    public NullableBytes Value { get; }
}
