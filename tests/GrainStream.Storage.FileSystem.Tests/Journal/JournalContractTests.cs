using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Disk;
using GrainStream.Storage.FileSystem.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>The contract on a real directory, in one way of writing.</summary>
public abstract class DirectoryJournalContract : JournalContract, IDisposable
{
    private readonly TestDirectory _directory = new();

    private protected abstract DiskAccess Access { get; }

    public void Dispose()
    {
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected override FileJournal Open(FileJournalOptions options, IJournalReplay replay)
    {
        options = options with { DataDirectory = _directory.Path };
        DirectoryJournalFiles disk = DirectoryJournalFiles.Open(options, NullLogger.Instance, Access);
        return FileJournal.Open(options, disk, replay, TimeProvider.System, NullLogger.Instance, null, ownThread: true);
    }
}

/// <summary>Past the page cache, if the file system of the temporary directory takes it.</summary>
public sealed class DirectJournalContractTests : DirectoryJournalContract
{
    private protected override DiskAccess Access => DiskAccess.Direct;
}

/// <summary>Through the page cache.</summary>
public sealed class BufferedJournalContractTests : DirectoryJournalContract
{
    private protected override DiskAccess Access => DiskAccess.Buffered;
}

/// <summary>By .NET's means only, as on other systems.</summary>
public sealed class PortableJournalContractTests : DirectoryJournalContract
{
    private protected override DiskAccess Access => DiskAccess.Portable;
}

/// <summary>On a disk in memory.</summary>
public sealed class MemoryJournalContractTests : JournalContract
{
    private readonly MemoryDisk _disk = new();

    private protected override FileJournal Open(FileJournalOptions options, IJournalReplay replay) =>
        FileJournal.Open(options, _disk.Mount(), replay, TimeProvider.System, NullLogger.Instance, null, ownThread: true);
}
