using System.Globalization;
using GrainStream.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>The journal files of a data directory on a real file system: <c>journal/00000000000000000001.journal</c> and so on.</summary>
internal sealed class DirectoryJournalFiles : IJournalFiles
{
    /// <summary>Where the files are in a data directory.</summary>
    public const string FolderName = "journal";

    /// <summary>How their names end.</summary>
    public const string Suffix = ".journal";

    private const string UnfinishedSuffix = ".new";
    private const string DamagedSuffix = ".damaged";
    private const string NumberFormat = "D20";

    private readonly DataDirectoryLock _lock;
    private readonly DiskAccess _access;

    private DirectoryJournalFiles(string directory, DataDirectoryLock directoryLock, DiskAccess access)
    {
        Directory = directory;
        _lock = directoryLock;
        _access = access;
    }

    public string Directory { get; }

    /// <summary>Takes the data directory for this process alone, making it if it is missing.</summary>
    /// <exception cref="StorageUnavailableException">In use, not a directory, or not writable; the message says what to do.</exception>
    public static DirectoryJournalFiles Open(FileJournalOptions options, ILogger logger) =>
        Open(options, logger, !LibC.IsSupported ? DiskAccess.Portable : options.DirectIo ? DiskAccess.Direct : DiskAccess.Buffered);

    /// <summary>As the other, with the way of access that is wanted.</summary>
    internal static DirectoryJournalFiles Open(FileJournalOptions options, ILogger logger, DiskAccess access)
    {
        DataDirectoryLock directoryLock = DataDirectoryLock.Take(options.DataDirectory);
        try
        {
            string directory = Path.Combine(Path.GetFullPath(options.DataDirectory), FolderName);

            // The names above the files, too, must be there after a power cut, or all that was synced below them would be gone.
            if (!System.IO.Directory.Exists(directory) && Path.GetDirectoryName(Path.GetFullPath(options.DataDirectory)) is { } above)
            {
                DurableDirectory.Sync(above);
            }

            DurableDirectory.Create(directory);
            if (access == DiskAccess.Direct && !LinuxJournalFile.TakesDirectWrites(directory))
            {
                access = DiskAccess.Buffered;
            }

            if (options.DirectIo && access != DiskAccess.Direct)
            {
                JournalLogMessages.DirectIoUnavailable(logger, directory);
            }

            var files = new DirectoryJournalFiles(directory, directoryLock, access);
            files.RemoveUnfinished();
            return files;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            directoryLock.Dispose();
            throw DataDirectoryLock.NotUsable(options.DataDirectory, error);
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }
    }

    public IReadOnlyList<long> List()
    {
        var numbers = new List<long>();
        foreach (string path in System.IO.Directory.EnumerateFiles(Directory, "*" + Suffix))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                numbers.Add(number);
            }
        }

        numbers.Sort();
        return numbers;
    }

    public string PathOf(long number) =>
        Path.Combine(Directory, number.ToString(NumberFormat, CultureInfo.InvariantCulture) + Suffix);

    public IJournalFile Create(long number, long length, ReadOnlySpan<byte> header)
    {
        // Under another name until it is whole: a crash leaves no half-made journal file.
        string path = PathOf(number);
        string unfinished = path + UnfinishedSuffix;
        File.Delete(unfinished);
        try
        {
            WriteNew(unfinished, length, header);
            File.Move(unfinished, path, overwrite: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            File.Delete(unfinished);
            throw;
        }

        try
        {
            SyncDirectory();
            return Open(number);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Or the next attempt would find the name taken.
            File.Delete(path);
            throw;
        }
    }

    public IJournalFile Open(long number) => _access == DiskAccess.Portable
        ? PortableJournalFile.Open(PathOf(number))
        : LinuxJournalFile.Open(PathOf(number), _access == DiskAccess.Direct);

    public void Delete(long number) => File.Delete(PathOf(number));

    public string MoveAside(long number)
    {
        string aside = NameAside(number);
        File.Move(PathOf(number), aside, overwrite: false);
        return aside;
    }

    public string CopyAside(long number)
    {
        string aside = NameAside(number);
        File.Copy(PathOf(number), aside, overwrite: false);
        using FileStream copy = new(aside, FileMode.Open, FileAccess.ReadWrite);
        copy.Flush(flushToDisk: true);
        return aside;
    }

    public void SyncDirectory()
    {
        if (_access != DiskAccess.Portable)
        {
            LinuxJournalFile.SyncDirectory(Directory);
        }
    }

    public void Dispose() => _lock.Dispose();

    private void WriteNew(string path, long length, ReadOnlySpan<byte> header)
    {
        using IJournalFile file = _access == DiskAccess.Portable
            ? PortableJournalFile.Create(path, length)
            : LinuxJournalFile.Create(path, length, _access == DiskAccess.Direct);
        using var block = new AlignedBuffer(Blocks.Size);
        header.CopyTo(block.Span);
        file.Write(0, block.Span, default);
        file.Sync();
    }

    private string NameAside(long number)
    {
        string name = PathOf(number) + DamagedSuffix;
        for (int i = 2; File.Exists(name); i++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{PathOf(number)}{DamagedSuffix}-{i}");
        }

        return name;
    }

    private void RemoveUnfinished()
    {
        foreach (string path in System.IO.Directory.EnumerateFiles(Directory, "*" + Suffix + UnfinishedSuffix))
        {
            File.Delete(path);
        }
    }
}
