using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>The contract on a real directory, by direct I/O where the file system takes it.</summary>
public sealed class FileJournalContractTests : JournalContract, IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private protected override FileJournal Open(FileJournalOptions options, IJournalReplay replay) =>
        FileJournal.Open(options with { DataDirectory = _directory.Path }, replay, TimeProvider.System, NullLogger.Instance);
}
