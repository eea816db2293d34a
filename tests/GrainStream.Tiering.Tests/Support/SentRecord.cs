namespace GrainStream.Tiering.Tests.Support;

/// <summary>A record as a test sends it.</summary>
/// <param name="Key">Its key, if it has one.</param>
/// <param name="Text">What no other record has: its value, or of a tombstone, a header.</param>
/// <param name="IsTombstone">Whether its value is null.</param>
internal sealed record SentRecord(string? Key, string Text, bool IsTombstone)
{
    /// <summary>Name of the header that has the text of a tombstone.</summary>
    public static ReadOnlySpan<byte> TextHeader => "text"u8;

    /// <summary>The text without what fills it up.</summary>
    public override string ToString() => Text.TrimEnd('.');
}
