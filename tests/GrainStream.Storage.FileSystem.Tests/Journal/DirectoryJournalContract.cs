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
