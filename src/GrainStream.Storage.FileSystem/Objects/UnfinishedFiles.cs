using Microsoft.Win32.SafeHandles;

namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>
/// The folder where objects are written before they get their names. Who writes a file holds it locked; what nobody holds was left by a process that died, and is removed when
/// the store is opened. A file that is taken from under its writer all the same (between its closing and its naming) fails that one put, and nothing else.
/// </summary>
internal sealed class UnfinishedFiles(string directory)
{
    /// <summary>Begins a file. It is locked while its handle is open.</summary>
    public (string Path, SafeFileHandle Handle) Create()
    {
        string path = Path.Combine(directory, Guid.NewGuid().ToString("N"));
        return (path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.None));
    }

    /// <summary>Removes what processes that died have left. Returns how many files that were.</summary>
    public int RemoveAbandoned()
    {
        int removed = 0;
        foreach (string path in Directory.EnumerateFiles(directory))
        {
            try
            {
                using SafeFileHandle unheld = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None | FileShare.Delete);
                File.Delete(path);
                removed++;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Held by its writer, or gone already: not ours to remove.
                continue;
            }
        }

        return removed;
    }
}
