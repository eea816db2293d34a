using GrainStream.Runtime.Ports;

namespace GrainStream.Cli.Inspection;

/// <summary>One file, wherever it lies and whatever it is called, as the only object of a store; objects' names are not looked at.</summary>
internal sealed class LooseFile(string path) : IObjectReader
{
    /// <inheritdoc/>
    public string Location => path;

    /// <summary>Fills <paramref name="destination"/> as far as the file goes.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ObjectRead Read(long offset, Span<byte> destination)
    {
        using FileStream file = StoredFile.OpenRead(path);
        long length = file.Length;
        file.Position = Math.Min(offset < 0 ? Math.Max(0, length + offset) : offset, length);
        return new ObjectRead(file.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false), length, default);
    }

    /// <inheritdoc/>
    public ValueTask<ObjectRead?> ReadAsync(string name, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ObjectRead?>(Read(offset, destination.Span));

    /// <inheritdoc/>
    public ValueTask<ObjectPage> ListAsync(string prefix, bool byFolder, string? continuation, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ObjectPage([], [], null));
}
