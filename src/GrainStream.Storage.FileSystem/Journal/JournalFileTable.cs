using GrainStream.Core.Log;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>The journal's files in order of position. Reading takes no lock.</summary>
internal sealed class JournalFileTable : IDisposable
{
    private readonly Lock _changes = new();
    private JournalFile[] _files;

    public JournalFileTable(IEnumerable<JournalFile> files) => _files = [.. files];

    /// <summary>The file that holds a position, head block included.</summary>
    public bool TryFind(JournalPosition position, out JournalFile file)
    {
        JournalFile[] files = Volatile.Read(ref _files);
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

    public void Add(JournalFile file)
    {
        lock (_changes)
        {
            Volatile.Write(ref _files, [.. _files, file]);
        }
    }

    /// <summary>Takes out, and returns, the files that lie wholly below a position; never the last.</summary>
    public JournalFile[] RemoveBelow(JournalPosition position)
    {
        lock (_changes)
        {
            int count = 0;
            while (count < _files.Length - 1 && _files[count].End <= position)
            {
                count++;
            }

            JournalFile[] removed = _files[..count];
            Volatile.Write(ref _files, _files[count..]);
            return removed;
        }
    }

    public void Dispose()
    {
        foreach (JournalFile file in _files)
        {
            file.Dispose();
        }
    }
}
