using System.CommandLine;
using System.CommandLine.Parsing;
using GrainStream.Cli.Output;
using GrainStream.Cli.Values;
using GrainStream.Client;

namespace GrainStream.Cli.Clusters;

/// <summary>Options that all commands have which talk to a cluster.</summary>
internal static class ClusterOptions
{
    private const string BootstrapVariable = "GRAINSTREAM_BOOTSTRAP";
    private const string DefaultBootstrap = "localhost:9092";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    public static Option<string> Bootstrap { get; } = new("--bootstrap-server", "-b")
    {
        Description = $"Brokers to begin with, commas between them [default: ${BootstrapVariable}, else {DefaultBootstrap}]",
        HelpName = "host:port",
        Recursive = true,
        Validators = { CheckBootstrap },
    };

    public static Option<string> Timeout { get; } = new("--timeout")
    {
        Description = "How long to go on trying when the cluster does not answer [default: 10s]",
        HelpName = "duration",
        Recursive = true,
        Validators = { CheckTimeout },
    };

    public static Option<bool> Json { get; } = new("--json") { Description = "Print JSON for machines instead of tables", Recursive = true };

    /// <summary>Gives a command and those below it the options, and checks what is written for them.</summary>
    public static void AddTo(Command command)
    {
        command.Options.Add(Bootstrap);
        command.Options.Add(Timeout);
        command.Options.Add(Json);
    }

    private static void CheckBootstrap(OptionResult result)
    {
        try
        {
            BrokerAddress.ParseList(result.GetValueOrDefault<string>() ?? "");
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
        }
    }

    private static void CheckTimeout(OptionResult result)
    {
        if (!Durations.TryParse(result.GetValueOrDefault<string>() ?? "", out _))
        {
            result.AddError("--timeout takes a duration, such as 500ms, 30s or 2m.");
        }
    }

    /// <summary>A client as the command line says.</summary>
    public static KafkaClient Connect(ParseResult arguments)
    {
        TimeSpan timeout = arguments.GetValue(Timeout) is { } text && Durations.TryParse(text, out TimeSpan written) ? written : DefaultTimeout;
        string bootstrap = arguments.GetValue(Bootstrap) ?? Environment.GetEnvironmentVariable(BootstrapVariable) ?? DefaultBootstrap;
        try
        {
            return new KafkaClient(new KafkaClientOptions
            {
                BootstrapServers = bootstrap,
                ClientId = "grainstream-cli",
                ConnectTimeout = timeout,
                RequestTimeout = timeout > DefaultTimeout ? timeout : DefaultTimeout,
                RetryTimeout = timeout,
            });
        }
        catch (FormatException e)
        {
            throw new CommandFailedException(ExitCode.Usage, $"{BootstrapVariable}: {e.Message}");
        }
    }

    /// <summary>Runs a command that talks to the cluster: output and client are there, and are closed in good order.</summary>
    public static void Handle(Command command, Func<ClusterCommand, CancellationToken, Task> run) => command.SetAction(async (arguments, cancellation) =>
    {
        CommandOutput output = new(arguments.GetValue(Json), arguments.InvocationConfiguration);
        return (int)await Outcome.OfAsync(output, async () =>
        {
            await using KafkaClient client = Connect(arguments);

            // One try, so that a wrong address is told at once and not after the time-out.
            await client.DescribeClusterAsync(cancellation);
            await run(new ClusterCommand(arguments, client, output), cancellation);
            return ExitCode.Done;
        });
    });
}
