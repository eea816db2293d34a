using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>Through the page cache.</summary>
public sealed class BufferedJournalContractTests : DirectoryJournalContract
{
    private protected override DiskAccess Access => DiskAccess.Buffered;
}
