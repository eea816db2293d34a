using System.Globalization;
using GrainStream.Runtime;
using GrainStream.Runtime.Inspection;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem;
using GrainStream.Storage.FileSystem.Inspection;

namespace GrainStream.Cli.Inspection;

/// <summary><c>log verify</c>: a server's data directory and object store.</summary>
internal sealed class VerifyCommand
{
    private readonly StoreOptions _store;
    private readonly InspectionOutput _output;
    private Func<string, string> _placeOf = static name => name;
    private int _damaged;
    private int _unknown;
    private int _notes;

    private VerifyCommand(string dataDirectory, StoreOptions store, InspectionOutput output)
    {
        DataDirectory = dataDirectory;
        _store = store;
        _output = output;
    }

    private string DataDirectory { get; }

    /// <summary>Checks it all and says what it came to.</summary>
    /// <exception cref="IOException">Something cannot be read at all.</exception>
    /// <exception cref="CommandFailedException">The data directory is not there.</exception>
    public static Task<ExitCode> RunAsync(string dataDirectory, StoreOptions store, InspectionOutput output) => Directory.Exists(dataDirectory)
        ? new VerifyCommand(dataDirectory, store, output).RunAsync()
        : throw new CommandFailedException(ExitCode.NotFound, $"The data directory {dataDirectory} is not there. Name the one to check: log verify --data-directory PATH");

    private async Task<ExitCode> RunAsync()
    {
        BrokerIdentity? identity = Identity();
        using IDisposable? guard = DataDirectoryGuard.TryTake(DataDirectory);
        string journal;
        ReplayedNode? node = null;
        if (guard is null)
        {
            journal = "journal skipped";
            _output.Note($"A server runs on {DataDirectory}: its journal, and whether journal and object store agree, are not checked. Stop it to check them.");
        }
        else
        {
            (journal, node) = CheckJournal(identity);
        }

        (string store, StoreVerification? stored) = await CheckStoreAsync(identity?.ClusterId);
        if (node is not null && stored is not null)
        {
            foreach (StoreFinding finding in JournalAndStore.Compare(node, stored))
            {
                Report(finding);
            }
        }

        return Summarize(journal, store);
    }

    private BrokerIdentity? Identity()
    {
        try
        {
            return NodeIdentityFile.Find(DataDirectory);
        }
        catch (CorruptDataException cause)
        {
            Report(new Finding(Severity.Damage, DataDirectory, null, cause.Message, ""));
            return null;
        }
    }

    private (string Summary, ReplayedNode? Node) CheckJournal(BrokerIdentity? identity)
    {
        JournalVerification journal;
        try
        {
            journal = JournalInspection.Verify(DataDirectory);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            Report(new Finding(Severity.Unknown, DataDirectory, null, $"The journal cannot be read: {cause.Message}", "Whether it is damaged is not known."));
            return ("journal unreadable", null);
        }

        foreach (JournalFinding finding in journal.Findings)
        {
            Report(JournalFindings.Of(finding));
        }

        if (journal.Files.Count == 0)
        {
            if (identity is not null)
            {
                Report(JournalFindings.Missing(Path.Combine(DataDirectory, "journal")));
            }

            return ("no journal", null);
        }

        string summary = string.Create(
            CultureInfo.InvariantCulture,
            $"{journal.Files.Count} journal files with {journal.Files.Sum(file => file.Frames)} frames of {journal.Files.Sum(file => file.FrameBytes)} bytes");
        return (summary, journal.IsSound ? Replay(journal, identity) : null);
    }

    private ReplayedNode? Replay(JournalVerification journal, BrokerIdentity? identity)
    {
        try
        {
            return JournalReplayer.Replay(journal, identity?.NodeId ?? 0);
        }
        catch (CorruptDataException cause)
        {
            Report(new Finding(Severity.Damage, journal.Directory, null, cause.Message, "Every frame is whole, but a server will not start from them."));
            return null;
        }
    }

    private async Task<(string Summary, StoreVerification? Store)> CheckStoreAsync(string? clusterId)
    {
        try
        {
            await using InspectedStore store = await InspectedStore.OpenAsync(_store);
            _placeOf = store.PlaceOf;
            StoreVerification verified = await new StoreVerifier(store.Objects, Report).RunAsync(clusterId, CancellationToken.None);
            string summary = string.Create(
                CultureInfo.InvariantCulture,
                $"{verified.Partitions.Count} partitions in the object store with {verified.Partitions.Sum(partition => partition.Segments)} segments of " +
                $"{verified.Partitions.Sum(partition => partition.DataBytes)} bytes and {verified.Partitions.Sum(partition => partition.Records)} records");
            return (verified.Unreferenced == 0 ? summary : summary + $", {verified.Unreferenced} objects that nothing names", verified);
        }
        catch (StorageUnavailableException cause)
        {
            Report(new Finding(Severity.Unknown, "object store", null, cause.Message, "Whether the object store is damaged is not known."));
            return ("object store unreadable", null);
        }
    }

    private void Report(StoreFinding finding) => Report(StoreFindings.Of(finding, _placeOf(finding.Object)));

    private void Report(Finding finding)
    {
        _output.Finding(finding);
        _damaged += finding.Severity == Severity.Damage ? 1 : 0;
        _unknown += finding.Severity == Severity.Unknown ? 1 : 0;
        _notes += finding.Severity == Severity.Note ? 1 : 0;
    }

    private ExitCode Summarize(string journal, string store)
    {
        (string verdict, ExitCode code) = (_damaged, _unknown) switch
        {
            ( > 0, _) => ("DAMAGED", ExitCode.Damaged),
            (_, > 0) => ("not known", ExitCode.Unreadable),
            _ => ("sound", ExitCode.Done),
        };
        _output.Summary(verdict, _damaged, _unknown, _notes, $"{journal}; {store}");
        return code;
    }
}
