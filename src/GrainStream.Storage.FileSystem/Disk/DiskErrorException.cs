namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>A call to the operating system failed with <paramref name="error"/> (errno).</summary>
internal sealed class DiskErrorException(string message, int error) : IOException(message)
{
    public int Error { get; } = error;
}
