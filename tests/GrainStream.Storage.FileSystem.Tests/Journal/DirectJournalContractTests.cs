using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>Past the page cache, if the file system of the temporary directory takes it.</summary>
public sealed class DirectJournalContractTests : DirectoryJournalContract
{
    private protected override DiskAccess Access => DiskAccess.Direct;
}
