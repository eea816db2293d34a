using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>Turns what the file system says into the port's exceptions, with the path and what to do.</summary>
internal static class FileErrors
{
    // HRESULTs of ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Runs work on a path.</summary>
    /// <exception cref="StorageUnavailableException">The file system failed it.</exception>
    public static T Translate<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (IsOfFileSystem(error))
        {
            throw Unavailable(path, error);
        }
    }

    /// <summary>True for what the file system throws; false for the port's own exceptions, which are classified already.</summary>
    public static bool IsOfFileSystem(Exception error) =>
        error is (IOException or UnauthorizedAccessException) and not (StorageUnavailableException or FencedException or CorruptDataException);

    public static StorageUnavailableException Unavailable(string path, Exception error) => new($"Object file '{path}': {error.Message} {Mend(error)}", error);

    private static string Mend(Exception error) => error switch
    {
        _ when MeansFull(error) => "Make room on its file system, or set GrainStream:Storage:Directory to one that has some; writing goes on then.",
        UnauthorizedAccessException => "Let the user this process runs as read and write GrainStream:Storage:Directory and everything below it.",
        DirectoryNotFoundException or FileNotFoundException => "Part of GrainStream:Storage:Directory has gone, or is not mounted; bring it back.",
        _ => "Check that the disk and, if it is a network share, its server work; what was asked is tried again.",
    };

    private static bool MeansFull(Exception error) => error is DiskFullException || (LibC.IsSupported
        ? LibC.MeansFull(error is DiskErrorException disk ? disk.Error : error.HResult)
        : error.HResult is WindowsDiskFull or WindowsHandleDiskFull);
}
