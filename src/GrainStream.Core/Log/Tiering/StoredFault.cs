using System.Globalization;

namespace GrainStream.Core.Log.Tiering;

/// <summary>What is wrong with stored bytes.</summary>
/// <param name="Position">Byte of the object where it shows; where a checksum fails, the first byte that it covers.</param>
/// <param name="Reason">In words, a sentence without its full stop.</param>
public readonly record struct StoredFault(long Position, string Reason)
{
    /// <summary>The same fault of bytes that begin <paramref name="start"/> bytes into their object.</summary>
    public StoredFault At(long start) => this with { Position = Position + start };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"byte {Position}: {Reason}");
}
