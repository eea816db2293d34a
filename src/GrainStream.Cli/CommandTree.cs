using System.CommandLine;
using System.CommandLine.Invocation;
using GrainStream.Cli.Benchmarks;
using GrainStream.Cli.Clusters;
using GrainStream.Cli.Groups;
using GrainStream.Cli.Inspection;
using GrainStream.Cli.Output;
using GrainStream.Cli.Records;
using GrainStream.Cli.Shells;
using GrainStream.Cli.Topics;

namespace GrainStream.Cli;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    private const string Description =
        """
        Topics, records, consumer groups and stored logs of GrainStream, or of any other Kafka cluster.

        A first round:
          grainstream topic create orders --partitions 3
          echo 'key-1:hello' | grainstream produce orders --key-separator :
          grainstream consume orders
          grainstream consume orders --group billing --follow
          grainstream group describe billing

        Exit status: 0 done, 1 failed or refused, 2 wrong command line, 3 not found, 4 stored data damaged, 5 no broker reachable,
        7 stored data unreadable, 130 stopped by Ctrl-C.
        """;

    /// <summary>Runs a command line. Returns the exit status, an <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors)
    {
        ParseResult parsed = Create().Parse(arguments);
        if (parsed.Action is ParseErrorAction refusal)
        {
            // Where a command is to be chosen, the choice is shown; a page of options would hide what is wrong.
            refusal.ShowHelp = parsed.CommandResult.Command.Subcommands.Count > 0;
        }

        try
        {
            int code = await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = errors,

                // What a producer has taken in is still delivered after Ctrl-C, within reason.
                ProcessTerminationTimeout = TimeSpan.FromSeconds(10),
            });
            await output.FlushAsync();
            if (parsed.Action is not ParseErrorAction { ShowHelp: var hasHelp })
            {
                return code;
            }

            if (!hasHelp)
            {
                await errors.WriteLineAsync($"\"{NameOf(parsed.CommandResult.Command)} --help\" shows what can be written.");
            }

            return (int)ExitCode.Usage;
        }
        catch (IOException e) when (StandardOutput.IsBrokenPipe(e))
        {
            return (int)ExitCode.Done;
        }
    }

    private static string NameOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{NameOf(parent)} {command.Name}" : "grainstream";

    private static RootCommand Create()
    {
        RootCommand root = new(Description);
        foreach (Command command in new[] { TopicCommands.Create(), ProduceCommand.Create(), ConsumeCommand.Create(), GroupCommands.Create(), BenchCommands.Create() })
        {
            ClusterOptions.AddTo(command);
            root.Subcommands.Add(command);
        }

        root.Subcommands.Add(LogCommands.Create());
        root.Subcommands.Add(CompletionCommand.Create());
        return root;
    }
}
