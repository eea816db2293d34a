using System.Globalization;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>
/// Keeps others, in this process and in others that share the directory, from changing an object between a comparison and a rename. Names share a fixed number of locks.
/// <para>
/// Between processes it is an exclusive lock on a file (flock on Unix, sharing mode on Windows), which the system lets go when its holder dies, so that nothing is left to
/// be cleaned up. What is relied on: the file system carries such locks to every machine that shares the directory, as NFS 4 and SMB do and local ones trivially. Where a
/// lock has no effect at all, the store refuses to open. Creations do not need it: a name is given to a file by link(2), which fails where the name is taken.
/// </para>
/// </summary>
internal sealed class ObjectLocks(string directory, TimeSpan timeout, TimeProvider time)
{
    private const int Count = 64;

    // What .NET reports when another holds the file: EWOULDBLOCK on Linux and on macOS, ERROR_SHARING_VIOLATION on Windows.
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(1);

    // One of this process waits here, so that only one at a time asks for the file.
    private readonly Lock[] _ofProcess = [.. Enumerable.Range(0, Count).Select(_ => new Lock())];

    /// <summary>Runs a change alone among all that change the object. Blocks.</summary>
    /// <exception cref="StorageUnavailableException">Another process has held the lock for too long.</exception>
    public T Hold<T>(string name, Func<T> change)
    {
        int index = IndexOf(name);
        lock (_ofProcess[index])
        {
            using FileStream held = Take(PathOf(index));
            return change();
        }
    }

    /// <summary>Finds out whether locks do anything here.</summary>
    /// <exception cref="StorageUnavailableException">They do not.</exception>
    public void RequireEffect()
    {
        string path = Path.Combine(directory, $"probe-{Guid.NewGuid():N}");
        using FileStream held = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        try
        {
            using FileStream second = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (IsHeld(error))
        {
            return;
        }

        throw new StorageUnavailableException(
            $"The file system of '{directory}' does not lock files (or DOTNET_SYSTEM_IO_DISABLEFILELOCKING is set), so objects there could not be replaced safely. "
            + "Set GrainStream:Storage:Directory to a local file system, or to a share of NFS 4 or SMB.");
    }

    private FileStream Take(string path)
    {
        long started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException error) when (IsHeld(error))
            {
                if (time.GetElapsedTime(started) > timeout)
                {
                    throw new StorageUnavailableException(
                        $"Another process has held the lock '{path}' for {timeout.TotalSeconds:0} s. Find out what holds it, and whether the share it is on still answers.", error);
                }

                // A thread of the store's own, see BlockingThreads.
                Thread.Sleep(RetryInterval);
            }
        }
    }

    private string PathOf(int index) => Path.Combine(directory, index.ToString("d2", CultureInfo.InvariantCulture));

    private static bool IsHeld(IOException error) => error.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation;

    // The same in every process, unlike string.GetHashCode: FNV-1a.
    private static int IndexOf(string name)
    {
        uint hash = 2166136261;
        foreach (char character in name)
        {
            hash = (hash ^ character) * 16777619;
        }

        return (int)(hash % Count);
    }
}
