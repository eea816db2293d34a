namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>Directories that are there after a power cut.</summary>
internal static class DurableDirectory
{
    /// <summary>Makes a directory if it is missing, and those above it, and makes every new name durable.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static void Create(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Directory.Exists(path))
        {
            return;
        }

        string? above = Path.GetDirectoryName(path);
        if (above is not null)
        {
            Create(above);
        }

        Directory.CreateDirectory(path);
        if (above is not null)
        {
            Sync(above);
        }
    }

    /// <summary>Makes the names in a directory durable, where the system has a way to.</summary>
    public static void Sync(string path)
    {
        if (LibC.IsSupported)
        {
            LinuxJournalFile.SyncDirectory(path);
        }
    }
}
