using GrainStream.Storage.FileSystem.Disk;
using Microsoft.Win32.SafeHandles;

namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>
/// Objects that are being read stay open, a bounded number of them, the longest unused closed first. Whether an open file is still the object is asked of the file itself at
/// each read: a deletion or replacement has taken its name away. That costs a fraction of opening it, and finds what other processes did too; on a network share at
/// the latest when its client's attribute cache ends, which is why small objects, those that are replaced, are not kept open. Thread-safe.
/// </summary>
internal sealed class OpenObjects(int most) : IDisposable
{
    // A manifest's head is below 20 KB; what is larger is never replaced, only deleted.
    private const int LeastLength = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, OpenObject> _open = new(StringComparer.Ordinal);
    private readonly LinkedList<OpenObject> _byUse = new();
    private bool _disposed;

    /// <summary>Opens an object, or finds it open; to be given back. Null if there is none.</summary>
    public OpenObject? Take(string path)
    {
        OpenObject? known = TakeKnown(path);
        if (known is not null)
        {
            if (FileStatus.Of(known.Handle) == known.Status)
            {
                return known;
            }

            Forget(known);
            Return(known);
        }

        return Open(path);
    }

    /// <summary>Gives back what <see cref="Take"/> gave.</summary>
    public void Return(OpenObject taken)
    {
        lock (_gate)
        {
            taken.Users--;
            CloseIfUnused(taken);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_byUse.First is { } first)
            {
                Remove(first.Value);
            }
        }
    }

    private OpenObject? TakeKnown(string path)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(path, out OpenObject? known))
            {
                return null;
            }

            known.Users++;
            _byUse.Remove(known.Place!);
            _byUse.AddLast(known.Place!);
            return known;
        }
    }

    private OpenObject? Open(string path)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        try
        {
            OpenObject opened = new(path, handle, FileStatus.Of(handle)) { Users = 1 };
            Keep(opened);
            return opened;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private void Keep(OpenObject opened)
    {
        if (!LibC.IsSupported || opened.Status.Length < LeastLength || opened.Status.Links == 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_disposed || !_open.TryAdd(opened.Path, opened))
            {
                return;
            }

            opened.Place = _byUse.AddLast(opened);
            if (_open.Count > most)
            {
                Remove(_byUse.First!.Value);
            }
        }
    }

    private void Forget(OpenObject known)
    {
        lock (_gate)
        {
            Remove(known);
        }
    }

    private void Remove(OpenObject known)
    {
        if (known.Place is null)
        {
            return;
        }

        _byUse.Remove(known.Place);
        _open.Remove(known.Path);
        known.Place = null;
        CloseIfUnused(known);
    }

    private static void CloseIfUnused(OpenObject known)
    {
        if (known is { Users: 0, Place: null })
        {
            known.Handle.Dispose();
        }
    }

    /// <summary>An open object. Its file does not change, even when the name goes to another.</summary>
    internal sealed class OpenObject(string path, SafeFileHandle handle, FileStatus status)
    {
        public string Path { get; } = path;

        public SafeFileHandle Handle { get; } = handle;

        public FileStatus Status { get; } = status;

        /// <summary>Reads under way; guarded by the cache's lock, as the next.</summary>
        public int Users { get; set; }

        /// <summary>Null: not kept open when it is given back.</summary>
        public LinkedListNode<OpenObject>? Place { get; set; }
    }
}
