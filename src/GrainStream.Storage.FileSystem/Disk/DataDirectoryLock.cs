using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>Keeps a data directory for one process: an exclusive lock on its <c>LOCK</c> file, which the system lets go when the process ends.</summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private const string FileName = "LOCK";

    // What .NET reports when another holds the file: EWOULDBLOCK on Linux and on macOS, ERROR_SHARING_VIOLATION on Windows.
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    /// <summary>Makes the directory if it is missing, and locks it.</summary>
    /// <exception cref="StorageUnavailableException">Cannot be made, is not writable, or another process has it.</exception>
    public static DataDirectoryLock Take(string directory)
    {
        try
        {
            DurableDirectory.Create(directory);
            string path = Path.Combine(directory, FileName);
            return new DataDirectoryLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (error.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            throw new StorageUnavailableException(
                $"Data directory '{Path.GetFullPath(directory)}' is in use by another process, which holds its {FileName} file. " +
                "Stop that process, or set GrainStream:DataDirectory to another directory.",
                error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotUsable(directory, error);
        }
    }

    /// <summary>
    /// Keeps every process from taking the directory until disposed, beside others that do the same; null if one has it. Changes nothing: where no process ever
    /// had the directory, nothing is kept.
    /// </summary>
    /// <exception cref="IOException">The lock's file cannot be opened.</exception>
    public static IDisposable? TryKeepFree(string directory)
    {
        string path = Path.Combine(directory, FileName);
        try
        {
            return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read) : Stream.Null;
        }
        catch (IOException error) when (error.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            return null;
        }
    }

    /// <summary>The exception for a directory that cannot be written.</summary>
    public static StorageUnavailableException NotUsable(string directory, Exception cause) => new(
        $"Data directory '{Path.GetFullPath(directory)}' cannot be used: {cause.Message} " +
        "Make it a directory that this user may write to, or set GrainStream:DataDirectory to another.",
        cause);

    public void Dispose() => _file.Dispose();
}
