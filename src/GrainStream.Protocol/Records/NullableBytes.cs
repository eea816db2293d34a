namespace GrainStream.Protocol.Records;

/// <summary>
/// Bytes or null, which a span alone cannot tell apart: a record with a null value is a tombstone, one with an empty value is not.
/// The default is null. Borrows the bytes.
/// </summary>
public readonly ref struct NullableBytes
{
    private readonly bool _hasBytes;

    private NullableBytes(ReadOnlySpan<byte> bytes)
    {
        Bytes = bytes;
        _hasBytes = true;
    }

    public static NullableBytes Null => default;

    public bool IsNull => !_hasBytes;

    /// <summary>The bytes; empty if null.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Never null, whatever the span.</summary>
    public static NullableBytes FromSpan(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>Null for a null array.</summary>
    public static NullableBytes FromArray(byte[]? bytes) => bytes is null ? Null : new NullableBytes(bytes);

    public static implicit operator NullableBytes(ReadOnlySpan<byte> bytes) => new(bytes);

    public static implicit operator NullableBytes(byte[]? bytes) => FromArray(bytes);

    /// <summary>A copy of the bytes, null if null.</summary>
    public byte[]? ToArray() => IsNull ? null : Bytes.ToArray();
}
