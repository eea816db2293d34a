using System.CommandLine;
using System.Text;
using GrainStream.Cli.Clusters;
using GrainStream.Cli.Output;
using GrainStream.Cli.Values;
using GrainStream.Client;
using GrainStream.Client.Clusters;
using GrainStream.Client.Producing;

namespace GrainStream.Cli.Records;

/// <summary><c>produce</c>: a record for each line of standard input or of a file.</summary>
internal static class ProduceCommand
{
    public static Command Create()
    {
        Argument<string> topic = Names.Topic("The topic, which has to be there");
        Option<FileInfo?> file = new("--file", "-f") { Description = "Read lines of this file [default: standard input]", HelpName = "path" };
        Option<string?> value = new("--value") { Description = "Send this one record instead", HelpName = "text" };
        Option<string?> key = new("--key", "-k") { Description = "Key of every record", HelpName = "text" };
        Option<string?> separator = new("--key-separator", "-K") { Description = @"What stands between key and value in a line, such as : or \t", HelpName = "text" };
        Option<string[]> header = new("--header", "-H") { Description = "A header of every record; may come several times", HelpName = "name=value", Arity = ArgumentArity.OneOrMore };
        Option<int?> partition = new("--partition", "-p") { Description = "Partition of every record [default: by the key, as Java clients do]", CustomParser = NumberParser.OptionalBetween(0, int.MaxValue), HelpName = "n" };
        Option<string?> nullMarker = new("--null-value") { Description = "A value that means null, which deletes the key in a compacted topic", HelpName = "text" };
        Option<string> format = new("--input-format") { Description = "text, or json for lines as \"consume --json\" prints them", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        ProduceOptions sending = new();
        Command command = new("produce", "Send records: each line of standard input or of a file is one") { topic, file, value, key, separator, header, partition, nullMarker, format };
        sending.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(separator) is not null && result.GetResult(key) is not null)
            {
                result.AddError("--key gives every record the same key, --key-separator each its own: write one of them.");
            }

            if (result.GetResult(value) is not null && (result.GetResult(file) is not null || result.GetResult(separator) is not null))
            {
                result.AddError("--value is the one record to send; leave out --file and --key-separator.");
            }
        });
        ClusterOptions.Handle(command, async (context, cancellation) =>
        {
            TopicMetadata found = await context.RequireTopicAsync(context.Arguments.GetRequiredValue(topic), cancellation);
            if (context.Arguments.GetValue(partition) is { } one)
            {
                ClusterCommand.Partitions(found, [one]);
            }

            LineParser parser = new(
                found.Name,
                Unescape(context.Arguments.GetValue(separator)),
                context.Arguments.GetValue(nullMarker),
                context.Arguments.GetValue(key),
                ParseHeaders(context.Arguments.GetValue(header)),
                context.Arguments.GetValue(partition),
                context.Arguments.GetRequiredValue(format) == "json");
            using LineSource lines = LineSource.Open(context.Arguments.GetValue(value), context.Arguments.GetValue(file));
            if (lines.IsTyped && context.Output.IsAsideTerminal)
            {
                await context.Output.Errors.WriteLineAsync($"Each line is a record for {found.Name}; Ctrl-D ends.");
            }

            ProduceRun run = new(context, sending.Read(context.Arguments), new Pace(context.Arguments.GetValue(sending.Rate), TimeProvider.System), parser);
            await run.RunAsync(lines, cancellation);
        });
        return command;
    }

    /// <summary>Shells make it hard to write a tab.</summary>
    internal static string? Unescape(string? text) => text?
        .Replace(@"\t", "\t", StringComparison.Ordinal)
        .Replace(@"\n", "\n", StringComparison.Ordinal)
        .Replace(@"\0", "\0", StringComparison.Ordinal);

    private static MessageHeader[] ParseHeaders(string[]? texts) => [.. (texts ?? []).Select(text =>
    {
        int at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0
            ? new MessageHeader(text[..at], Encoding.UTF8.GetBytes(text[(at + 1)..]))
            : throw new CommandFailedException(ExitCode.Usage, $"\"{text}\" is no header. Write --header name=value.");
    })];
}
