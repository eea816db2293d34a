using GrainStream.Core.Log;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// The journal's files in order of position: those kept, and those trimmed that somebody may still read. Reading takes no lock.
/// </summary>
internal sealed class JournalFileTable : IDisposable
{
    private readonly Lock _changes = new();
    private JournalFile[] _files;
    private JournalFile[] _trimmed = [];

    public JournalFileTable(IEnumerable<JournalFile> files)
    {
        _files = [.. files];
        for (int i = 1; i < _files.Length; i++)
        {
            _files[i - 1].FollowedBy(_files[i]);
        }
    }

    /// <summary>The oldest file kept.</summary>
    public JournalFile Oldest => Volatile.Read(ref _files)[0];

    /// <summary>Bytes of all files kept.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (JournalFile file in Volatile.Read(ref _files))
            {
                bytes += file.Length;
            }

            return bytes;
        }
    }

    /// <summary>The file that holds a position, head block included, though it be trimmed.</summary>
    public bool TryFind(JournalPosition position, out JournalFile file)
    {
        // In this order: a file that is taken out of the one is put into the other first.
        JournalFile[] files = Volatile.Read(ref _files);
        if (position < files[0].Base)
        {
            files = Volatile.Read(ref _trimmed);
        }

        int low = 0;
        int high = files.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (files[middle].Base <= position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        file = low == 0 ? null! : files[low - 1];
        return low > 0 && position < file.End;
    }

    /// <summary>Keeps the file of a position, and those after it, open until disposed; if it is gone, those that are left.</summary>
    public IDisposable Hold(JournalPosition from)
    {
        if (TryFind(from, out JournalFile file) && file.TryRetain())
        {
            return new FileHold(file);
        }

        while (true)
        {
            // What is kept is open, unless it is trimmed just now; the last never is.
            JournalFile[] files = Volatile.Read(ref _files);
            JournalFile held = from < files[0].Base ? files[0] : files[^1];
            if (held.TryRetain())
            {
                return new FileHold(held);
            }
        }
    }

    public void Add(JournalFile file)
    {
        lock (_changes)
        {
            _files[^1].FollowedBy(file);
            Volatile.Write(ref _files, [.. _files, file]);
        }
    }

    /// <summary>The files that lie wholly below a position, and are not the last.</summary>
    public ReadOnlySpan<JournalFile> FilesBelow(JournalPosition position)
    {
        JournalFile[] files = Volatile.Read(ref _files);
        int count = 0;
        while (count < files.Length - 1 && files[count].End <= position)
        {
            count++;
        }

        return files.AsSpan(0, count);
    }

    /// <summary>Takes out the oldest file. It stays open for those who hold it; the caller releases the table's reference.</summary>
    public void RemoveOldest()
    {
        lock (_changes)
        {
            Volatile.Write(ref _trimmed, [.. _trimmed.Where(static file => file.IsOpen), _files[0]]);
            Volatile.Write(ref _files, _files[1..]);
        }
    }

    public void Dispose()
    {
        foreach (JournalFile file in (JournalFile[])[.. _trimmed, .. _files])
        {
            file.Dispose();
        }
    }

    /// <summary>One reference, given back once.</summary>
    private sealed class FileHold(JournalFile file) : IDisposable
    {
        private JournalFile? _file = file;

        public void Dispose() => Interlocked.Exchange(ref _file, null)?.Release();
    }
}
