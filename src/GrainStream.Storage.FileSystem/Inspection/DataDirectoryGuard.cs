using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Inspection;

/// <summary>Keeps servers off a data directory while it is looked at.</summary>
public static class DataDirectoryGuard
{
    /// <summary>Until the result is disposed, no server can start on the directory. Null if one runs there. Changes nothing.</summary>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public static IDisposable? TryTake(string dataDirectory) => DataDirectoryLock.TryKeepFree(dataDirectory);
}
