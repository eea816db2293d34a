using System.CommandLine;
using GrainStream.Cli.Clusters;
using GrainStream.Cli.Records;
using GrainStream.Cli.Values;

namespace GrainStream.Cli.Benchmarks;

/// <summary><c>bench</c>.</summary>
internal static class BenchCommands
{
    private const int MostRecordBytes = 100_000_000;

    public static Command Create() => new("bench", "Measure how fast a topic takes and gives records, from this machine") { CreateProduce(), CreateConsume() };

    private static Command CreateProduce()
    {
        Argument<string> topic = Names.Topic("The topic, which has to be there; the records stay in it");
        Option<long> records = CountOption("How many to send", 100_000);
        Option<int> size = new("--record-size", "-s") { Description = "Bytes of each value, which do not compress", DefaultValueFactory = _ => 1024, CustomParser = NumberParser.Between(1, MostRecordBytes), HelpName = "bytes" };
        ProduceOptions sending = new();
        Command command = new("produce", "Send records and measure throughput and the time to the acknowledgement") { topic, records, size };
        sending.AddTo(command);
        ClusterOptions.Handle(command, async (context, cancellation) =>
        {
            string name = (await context.RequireTopicAsync(context.Arguments.GetRequiredValue(topic), cancellation)).Name;
            await new ProduceBench(context, name, sending.Read(context.Arguments))
                .RunAsync(context.Arguments.GetValue(records), context.Arguments.GetValue(size), new Pace(context.Arguments.GetValue(sending.Rate), TimeProvider.System), cancellation);
        });
        return command;
    }

    private static Command CreateConsume()
    {
        Argument<string> topic = Names.Topic("The topic, which has to have records");
        Option<long> records = CountOption("How many to read at most", 100_000);
        Command command = new("consume", "Read records from the beginning and measure throughput and the time a poll waits for records") { topic, records };
        ClusterOptions.Handle(command, async (context, cancellation) => await new ConsumeBench(context)
            .RunAsync(await context.RequireTopicAsync(context.Arguments.GetRequiredValue(topic), cancellation), context.Arguments.GetValue(records), cancellation));
        return command;
    }

    private static Option<long> CountOption(string description, long standard) => new("--records", "-n")
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = NumberParser.Between(1, long.MaxValue),
        HelpName = "n",
    };
}
