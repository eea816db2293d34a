using System.CommandLine;
using GrainStream.Cli.Output;
using GrainStream.Cli.Values;
using GrainStream.Storage.Azure;

namespace GrainStream.Cli.Inspection;

/// <summary><c>log</c>: what lies on the disk and in the object store of a GrainStream server. Talks to no broker and changes nothing.</summary>
internal static class LogCommands
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object on each line instead of tables", Recursive = true };

    public static Command Create()
    {
        Command command = new("log", "Show, check and export what a GrainStream server has stored; talks to no broker") { CreateVerify(), CreateDump(), CreateExport() };
        command.Options.Add(Json);
        return command;
    }

    private static Command CreateVerify()
    {
        Option<string> data = new("--data-directory", "-d") { Description = "The server's data directory [default: $GrainStream__DataDirectory, else ./data]", HelpName = "path" };
        Option<string> store = new("--store-directory") { Description = "Its object store, where that is a directory [default: $GrainStream__Storage__Directory, else objects in the data directory]", HelpName = "path" };
        Option<string> connection = new("--azure-connection-string") { Description = "Its storage account, where the object store is a container [default: $GrainStream__Storage__Azure__ConnectionString]", HelpName = "text" };
        Option<string> uri = new("--azure-container-uri") { Description = "The container's address instead, with a SAS in its query or without [default: $GrainStream__Storage__Azure__ContainerUri]", HelpName = "uri" };
        Option<string> container = new("--azure-container") { Description = "The container's name, with a connection string [default: $GrainStream__Storage__Azure__Container, else grainstream]", HelpName = "name" };
        Command command = new("verify", "Check every checksum, that nothing is missing, and that journal and object store agree") { data, store, connection, uri, container };
        command.Validators.Add(result =>
        {
            Option[] places = [.. new Option[] { store, connection, uri }.Where(place => result.GetResult(place) is not null)];
            if (places.Length > 1)
            {
                result.AddError($"{places[0].Name} and {places[1].Name} name different stores: write one of them.");
            }
        });
        uri.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out Uri? parsed) || parsed.Scheme is not ("https" or "http"))
            {
                result.AddError("--azure-container-uri takes an address such as https://account.blob.core.windows.net/grainstream.");
            }
        });
        Handle(command, (arguments, output) =>
        {
            string directory = Path.GetFullPath(Setting(arguments, data, "DataDirectory") ?? "data");
            return VerifyCommand.RunAsync(directory, StoreOf(arguments, directory, store, connection, uri, container), output);
        });
        return command;
    }

    private static Command CreateDump()
    {
        Argument<string> path = new("path") { Description = "A journal file, a segment, a manifest or a page of a manifest; which it is, its bytes say" };
        Option<bool> records = new("--records") { Description = "Also the records of each batch, keys and values shortened" };
        Option<long?> offset = new("--offset", "-o") { Description = "Begin with what holds this offset; in a journal file that of every partition", CustomParser = NumberParser.OptionalBetween(0, long.MaxValue), HelpName = "n" };
        Option<long?> limit = new("--limit", "-n") { Description = "So many frames, batches or entries at most", CustomParser = NumberParser.OptionalBetween(0, long.MaxValue), HelpName = "n" };
        Command command = new("dump", "Print what a stored file holds") { path, records, offset, limit };
        Handle(command, (arguments, output) => DumpCommand.RunAsync(
            arguments.GetRequiredValue(path), new DumpOptions(arguments.GetValue(records), arguments.GetValue(offset), arguments.GetValue(limit)), output));
        return command;
    }

    private static Command CreateExport()
    {
        Argument<string> segment = new("segment") { Description = "The segment" };
        Argument<string> file = new("file") { Description = "The file to write; in a directory it gets the name that Kafka's tools want" };
        Command command = new("export", "Write a segment's record batches as a log file for Kafka's own tools") { segment, file };
        Handle(command, (arguments, output) => ExportCommand.RunAsync(arguments.GetRequiredValue(segment), arguments.GetRequiredValue(file), output));
        return command;
    }

    private static void Handle(Command command, Func<ParseResult, InspectionOutput, Task<ExitCode>> run) => command.SetAction(async (arguments, _) =>
    {
        CommandOutput output = new(arguments.GetValue(Json), arguments.InvocationConfiguration);
        return (int)await Outcome.OfAsync(output, async () =>
        {
            try
            {
                return await run(arguments, InspectionOutput.To(output.Writer, output.IsJson));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && !StandardOutput.IsBrokenPipe(e))
            {
                throw new CommandFailedException(ExitCode.Unreadable, e.Message);
            }
        });
    });

    private static StoreOptions StoreOf(
        ParseResult arguments, string dataDirectory, Option<string> store, Option<string> connection, Option<string> uri, Option<string> container)
    {
        string directory = Path.GetFullPath(Setting(arguments, store, "Storage__Directory") ?? Path.Combine(dataDirectory, "objects"));
        string? account = Setting(arguments, connection, "Storage__Azure__ConnectionString");
        string? address = Setting(arguments, uri, "Storage__Azure__ContainerUri");

        // What is written counts more than what happens to be in the environment.
        bool isDirectory = arguments.GetResult(store) is not null || (account is null && address is null);
        if (isDirectory)
        {
            return new StoreOptions(directory, container: null);
        }

        bool isByAddress = address is not null && arguments.GetResult(connection) is null;
        return new StoreOptions(directory, new BlobObjectStoreOptions
        {
            ConnectionString = isByAddress ? null : account,
            ContainerUri = isByAddress ? new Uri(address!) : null,
            Container = Setting(arguments, container, "Storage__Azure__Container") ?? "grainstream",
        });
    }

    /// <summary>What is written, or else what the server would take from the environment.</summary>
    private static string? Setting(ParseResult arguments, Option<string> option, string variable) =>
        arguments.GetValue(option) is { Length: > 0 } written ? written
        : Environment.GetEnvironmentVariable("GrainStream__" + variable) is { Length: > 0 } set ? set
        : null;
}
