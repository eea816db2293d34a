using System.Globalization;
using GrainStream.Hosting.Embedded;
using GrainStream.Runtime;
using GrainStream.Runtime.Inspection;
using GrainStream.Runtime.Ports;
using GrainStream.Server.Options;
using GrainStream.Storage.FileSystem.Inspection;
using Microsoft.Extensions.Configuration;

namespace GrainStream.Server.Inspection;

/// <summary><c>log verify</c>: the data directory and the object store of the server's settings.</summary>
internal sealed class VerifyCommand
{
    private readonly ServerOptions _options;
    private readonly InspectionOutput _output;
    private Func<string, string> _placeOf = static name => name;
    private int _damaged;
    private int _unknown;
    private int _notes;

    private VerifyCommand(ServerOptions options, InspectionOutput output)
    {
        _options = options;
        _output = output;
    }

    private string DataDirectory => _options.Journal.DataDirectory;

    /// <summary>Checks it all and says what it came to.</summary>
    /// <exception cref="IOException">Something cannot be read at all.</exception>
    public static async Task<ExitCode> RunAsync(LogArguments arguments, InspectionOutput output, TextWriter errors)
    {
        if (!ServerCommand.TryReadSettings([.. arguments.Settings], out IConfigurationRoot? _, out ServerOptions? options, out string message))
        {
            await errors.WriteAsync(message);
            return ExitCode.WrongSettings;
        }

        if (!Directory.Exists(options.Journal.DataDirectory))
        {
            await errors.WriteLineAsync(
                $"The data directory {options.Journal.DataDirectory} is not there. Name the one to check: log verify --GrainStream:DataDirectory=PATH");
            return ExitCode.DataDirectoryUnusable;
        }

        return await new VerifyCommand(options, output).RunAsync();
    }

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
            await using InspectedStore store = await InspectedStore.OpenAsync(_options.Storage);
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
            ( > 0, _) => ("DAMAGED", ExitCode.DataDamaged),
            (_, > 0) => ("not known", ExitCode.Unreadable),
            _ => ("sound", ExitCode.Stopped),
        };
        _output.Summary(verdict, _damaged, _unknown, _notes, $"{journal}; {store}");
        return code;
    }
}
