using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>On a disk in memory.</summary>
public sealed class MemoryJournalContractTests : JournalContract
{
    private readonly MemoryDisk _disk = new();

    private protected override FileJournal Open(FileJournalOptions options, IJournalReplay replay) =>
        FileJournal.Open(options, _disk.Mount(), replay, TimeProvider.System, NullLogger.Instance, null, ownThread: true);
}
