using System.Runtime.InteropServices;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Disk;
using Microsoft.Win32.SafeHandles;

namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>
/// Objects as files, and how one comes to be so that a crash at any moment leaves either no object or all of it:
/// <code>
/// .store/unfinished/{random}    written, time set, synced
///   link to {name}              or, to replace: under the object's lock, compare the version there and rename over it
///   unlink .store/unfinished/…
///   sync {name}'s directory     and the parents of directories that were made for it
/// </code>
/// All calls block.
/// </summary>
internal sealed class ObjectFiles
{
    /// <summary>The store's own folder; no object's name begins with '.'.</summary>
    public const string OwnFolder = ".store";

    private readonly ObjectLocks _locks;
    private readonly VersionClock _clock;

    public ObjectFiles(FileObjectStoreOptions options, TimeProvider time)
    {
        Root = Path.GetFullPath(options.Directory);
        string own = Path.Combine(Root, OwnFolder);
        string unfinished = Path.Combine(own, "unfinished");
        string locks = Path.Combine(own, "locks");
        MakeDirectory(unfinished);
        MakeDirectory(locks);
        Unfinished = new UnfinishedFiles(unfinished);
        _locks = new ObjectLocks(locks, options.LockTimeout, time);
        _clock = new VersionClock(time);
        _locks.RequireEffect();
        RequireExactTimes();
        AbandonedFiles = Unfinished.RemoveAbandoned();
    }

    /// <summary>The store's directory, as an absolute path.</summary>
    public string Root { get; }

    public UnfinishedFiles Unfinished { get; }

    /// <summary>How many files of earlier processes were removed.</summary>
    public int AbandonedFiles { get; }

    /// <summary>For tests of crashes: told the name of each step of a put or deletion when it is done.</summary>
    public Action<string>? StepDone { get; set; }

    public string PathOf(string name) => Path.Combine(Root, Path.DirectorySeparatorChar == '/' ? name : name.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Gives a written file its time and makes its bytes durable, then closes it.</summary>
    public void Seal(SafeFileHandle file)
    {
        File.SetLastWriteTimeUtc(file, VersionClock.ToDateTime(_clock.Next()));
        RandomAccess.FlushToDisk(file);
        file.Dispose();
        StepDone?.Invoke("synced");
    }

    /// <summary>Makes a sealed file the object of a name that is free.</summary>
    /// <exception cref="FencedException">It is not free.</exception>
    public ObjectVersion Create(string unfinished, string name)
    {
        string path = PathOf(name);
        ObjectVersion version = StatusOf(unfinished).Version;
        string directory = Path.GetDirectoryName(path)!;
        string firstNew = MakeDirectory(directory);
        StepDone?.Invoke("directory made");
        while (!TryLink(unfinished, path, name))
        {
            // Somebody has deleted the last object of the folder, and with it the folder.
            firstNew = Shorter(firstNew, MakeDirectory(directory));
        }

        StepDone?.Invoke("linked");
        File.Delete(unfinished);
        StepDone?.Invoke("unlinked");
        SyncDirectories(directory, firstNew);
        StepDone?.Invoke("directory synced");
        return version;
    }

    /// <summary>Makes a sealed file the object in place of one version of it.</summary>
    /// <exception cref="FencedException">There is another version, or no object.</exception>
    public ObjectVersion Replace(string unfinished, string name, ObjectVersion expected)
    {
        string path = PathOf(name);
        ObjectVersion version = _locks.Hold(name, () =>
        {
            FileStatus old = FileStatus.OfPath(path) ?? throw new FencedException($"Object {name} is not there, nor its version {expected}.");
            if (old.Version != expected)
            {
                throw new FencedException($"Object {name} is there in version {old.Version}, not {expected}.");
            }

            FileStatus made = StatusOf(unfinished);
            if (made.ModifiedTicks <= old.ModifiedTicks)
            {
                File.SetLastWriteTimeUtc(unfinished, VersionClock.ToDateTime(_clock.NextAfter(old.ModifiedTicks)));
                made = StatusOf(unfinished);
            }

            StepDone?.Invoke("compared");
            File.Move(unfinished, path, overwrite: true);
            return made.Version;
        });
        StepDone?.Invoke("renamed");
        SyncDirectories(Path.GetDirectoryName(path)!, null);
        StepDone?.Invoke("directory synced");
        return version;
    }

    /// <summary>Deletes an object, and the folders that become empty by it. False if there was none.</summary>
    public bool Delete(string name)
    {
        string path = PathOf(name);
        bool existed = _locks.Hold(name, () =>
        {
            if (FileStatus.OfPath(path) is null)
            {
                return false;
            }

            File.Delete(path);
            return true;
        });
        StepDone?.Invoke("deleted");
        if (existed)
        {
            RemoveEmptyFolders(path);
        }

        return existed;
    }

    /// <summary>Removes an unfinished file that will not become an object.</summary>
    public static void Discard(string unfinished, SafeFileHandle? handle)
    {
        handle?.Dispose();
        File.Delete(unfinished);
    }

    // False: the directory has gone.
    private bool TryLink(string unfinished, string path, string name)
    {
        if (OperatingSystem.IsWindows())
        {
            // MoveFileEx, which fails where the name is taken.
            return TryMove(unfinished, path, name);
        }

        if (LibC.Link(unfinished, path) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error switch
        {
            LibC.ExistsError => throw Exists(name),
            LibC.NotFoundError when File.Exists(unfinished) => false,
            // No hard links here (FAT, some network shares): whoever shares the directory sees the same, and takes the lock instead.
            LibC.NotPermittedError or LibC.NotSupportedError or LibC.NoSystemCallError => _locks.Hold(
                name, () => FileStatus.OfPath(path) is null ? TryMove(unfinished, path, name) : throw Exists(name)),
            _ => throw new DiskErrorException($"Cannot name it: {LibC.Describe(error)}.", error),
        };
    }

    private static bool TryMove(string unfinished, string path, string name)
    {
        try
        {
            File.Move(unfinished, path, overwrite: false);
            return true;
        }
        catch (DirectoryNotFoundException) when (File.Exists(unfinished))
        {
            return false;
        }
        catch (IOException) when (File.Exists(path))
        {
            throw Exists(name);
        }
    }

    private static FencedException Exists(string name) => new($"Object {name} is there already.");

    private static FileStatus StatusOf(string unfinished) =>
        FileStatus.OfPath(unfinished) ?? throw new FileNotFoundException($"{unfinished} has been removed while it was written.");

    // Returns the topmost directory that was missing, or the path itself if none was.
    private static string MakeDirectory(string path)
    {
        string firstNew = path;
        for (string? parent = path; parent is not null && !Directory.Exists(parent); parent = Path.GetDirectoryName(parent))
        {
            firstNew = parent;
        }

        Directory.CreateDirectory(path);
        return firstNew;
    }

    private static string Shorter(string left, string right) => left.Length <= right.Length ? left : right;

    // A directory's entry is durable when its parent is synced: from the object's directory up to the parent of the first one that was new.
    private static void SyncDirectories(string directory, string? firstNew)
    {
        if (!LibC.IsSupported)
        {
            return;
        }

        string? last = firstNew is null || firstNew == directory ? directory : firstNew;
        for (string? path = directory; path is not null && path.Length >= last.Length; path = Path.GetDirectoryName(path))
        {
            LinuxJournalFile.SyncDirectory(path);
        }

        if (firstNew is not null && Path.GetDirectoryName(last) is { } parent)
        {
            LinuxJournalFile.SyncDirectory(parent);
        }
    }

    private void RemoveEmptyFolders(string path)
    {
        for (string? folder = Path.GetDirectoryName(path); folder is not null && folder.Length > Root.Length; folder = Path.GetDirectoryName(folder))
        {
            if (!TryRemoveEmpty(folder))
            {
                return;
            }
        }
    }

    private static bool TryRemoveEmpty(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            return LibC.RemoveDirectory(folder) == 0;
        }

        try
        {
            Directory.Delete(folder, recursive: false);
            return true;
        }
        catch (IOException)
        {
            // Not empty: the usual case.
            return false;
        }
    }

    // Versions are times of modification, so these must be kept as they are set.
    private void RequireExactTimes()
    {
        (string path, SafeFileHandle handle) = Unfinished.Create();
        try
        {
            DateTime odd = VersionClock.ToDateTime(_clock.Next() / 10_000 * 10_000 + 1234);
            File.SetLastWriteTimeUtc(handle, odd);
            if (File.GetLastWriteTimeUtc(handle) != odd)
            {
                throw new StorageUnavailableException(
                    $"The file system of '{Root}' does not keep times to 100 ns, by which the store tells versions apart. Set GrainStream:Storage:Directory to one that does, such as ext4, XFS, Btrfs, APFS or NTFS.");
            }
        }
        finally
        {
            Discard(path, handle);
        }
    }
}
