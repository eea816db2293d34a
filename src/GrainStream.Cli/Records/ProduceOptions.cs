using System.CommandLine;
using GrainStream.Cli.Values;
using GrainStream.Client.Producing;
using GrainStream.Protocol.Records;

namespace GrainStream.Cli.Records;

/// <summary>Options that all commands share which produce.</summary>
internal sealed class ProduceOptions
{
    public Option<string> Acks { get; } = new("--acks") { Description = "Who must have a record: all in-sync replicas, 1 (the leader) or 0 (nobody)", DefaultValueFactory = _ => "all" };

    public Option<string> Compression { get; } = new("--compression", "-z") { Description = "none, gzip, snappy, lz4 or zstd", DefaultValueFactory = _ => "none" };

    public Option<double> Rate { get; } = new("--rate") { Description = "Records each second at most [default: no limit]", CustomParser = NumberParser.Between(0, double.MaxValue), HelpName = "n" };

    public Option<string> Linger { get; } = new("--linger") { Description = "How long a record waits for company", DefaultValueFactory = _ => "5ms", HelpName = "duration" };

    public Option<int> BatchBytes { get; } = new("--batch-bytes") { Description = "Size at which a batch is sent at once", DefaultValueFactory = _ => 1_000_000, CustomParser = NumberParser.Between(1, int.MaxValue), HelpName = "bytes" };

    public ProduceOptions()
    {
        Acks.AcceptOnlyFromAmong("all", "1", "0");
        Compression.AcceptOnlyFromAmong("none", "gzip", "snappy", "lz4", "zstd");
        Linger.Validators.Add(result =>
        {
            if (!Durations.TryParse(result.GetValueOrDefault<string>() ?? "", out _))
            {
                result.AddError("--linger takes a duration, such as 5ms.");
            }
        });
    }

    public void AddTo(Command command)
    {
        command.Options.Add(Acks);
        command.Options.Add(Compression);
        command.Options.Add(Rate);
        command.Options.Add(Linger);
        command.Options.Add(BatchBytes);
    }

    /// <summary>A producer's options as they were written.</summary>
    public ProducerOptions Read(ParseResult arguments)
    {
        return new ProducerOptions
        {
            Acks = arguments.GetRequiredValue(Acks) switch { "0" => Client.Producing.Acks.None, "1" => Client.Producing.Acks.Leader, _ => Client.Producing.Acks.All },
            Compression = Enum.Parse<CompressionType>(arguments.GetRequiredValue(Compression), ignoreCase: true),
            Linger = Durations.TryParse(arguments.GetRequiredValue(Linger), out TimeSpan linger) ? linger : TimeSpan.Zero,
            BatchBytes = arguments.GetValue(BatchBytes),
        };
    }
}
