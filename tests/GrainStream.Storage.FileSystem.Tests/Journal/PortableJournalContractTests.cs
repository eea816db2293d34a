using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>By .NET's means only, as on other systems.</summary>
public sealed class PortableJournalContractTests : DirectoryJournalContract
{
    private protected override DiskAccess Access => DiskAccess.Portable;
}
