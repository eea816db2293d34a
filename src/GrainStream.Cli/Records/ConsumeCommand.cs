using System.CommandLine;
using GrainStream.Cli.Clusters;
using GrainStream.Cli.Values;
using GrainStream.Client;
using GrainStream.Client.Clusters;
using GrainStream.Client.Consuming;
using GrainStream.Client.Grouping;

namespace GrainStream.Cli.Records;

/// <summary><c>consume</c>: prints records.</summary>
internal static class ConsumeCommand
{
    public static Command Create()
    {
        Argument<string> topic = Names.Topic();
        Option<int[]> partition = new("--partition", "-p") { Description = "Only this partition; may come several times", HelpName = "n", Arity = ArgumentArity.OneOrMore };
        Option<bool> beginning = new("--from-beginning") { Description = "Start at the first record [default without --follow and --group]" };
        Option<long?> offset = new("--offset", "-o") { Description = "Start at this offset of each partition; below zero: so many before the end", CustomParser = NumberParser.OptionalBetween(long.MinValue, long.MaxValue), HelpName = "n" };
        Option<string?> time = new("--from-timestamp") { Description = "Start at a time: 2026-11-20T18:00:00Z, Unix milliseconds, or how long ago, as -15m", HelpName = "time" };
        Option<bool> follow = new("--follow", "-f") { Description = "Go on with records to come, until Ctrl-C; starts at the end unless told otherwise" };
        Option<string?> group = new("--group", "-g") { Description = "Read as a member of this group: go on where it stopped, share the partitions, and commit what was printed", HelpName = "id" };
        Option<string> protocol = new("--group-protocol") { Description = "classic, or consumer (KIP-848)", DefaultValueFactory = _ => "classic" };
        protocol.AcceptOnlyFromAmong("classic", "consumer");
        Option<long?> count = new("--count", "-n") { Description = "Stop after so many records", CustomParser = NumberParser.OptionalBetween(1, long.MaxValue), HelpName = "n" };
        Option<string?> format = new("--format") { Description = "How to print a record, a template with " + RecordTemplate.Fields + " [default: {value}]", HelpName = "template" };
        Option<bool> committed = new("--read-committed") { Description = "Leave out records of transactions that are undecided or aborted" };
        Command command = new("consume", "Print records: those that there are, or with --follow those to come") { topic, partition, beginning, offset, time, follow, group, protocol, count, format, committed };
        AddValidators(command, beginning, offset, time, group, partition, format);
        ClusterOptions.Handle(command, async (context, cancellation) =>
        {
            TopicMetadata found = await context.RequireTopicAsync(context.Arguments.GetRequiredValue(topic), cancellation);
            RecordTemplate template = RecordTemplate.TryParse(context.Arguments.GetValue(format) ?? "{value}", out string _)!;
            bool isFollowing = context.Arguments.GetValue(follow);
            ConsumeRun run = new(context, template, isFollowing, context.Arguments.GetValue(count));
            ConsumerOptions reading = new() { ReadCommitted = context.Arguments.GetValue(committed) };
            if (context.Arguments.GetValue(group) is { } id)
            {
                await run.AsMemberAsync(
                    new GroupConsumerOptions(id, [found.Name])
                    {
                        Protocol = context.Arguments.GetRequiredValue(protocol) == "consumer" ? GroupProtocol.Consumer : GroupProtocol.Classic,
                        ReadCommitted = reading.ReadCommitted,
                    },
                    cancellation);
                return;
            }

            IReadOnlyList<TopicPartition> partitions = ClusterCommand.Partitions(found, context.Arguments.GetValue(partition));
            IReadOnlyDictionary<TopicPartition, StartPosition> starts = await StartsAsync(
                context, partitions, context.Arguments.GetValue(beginning), context.Arguments.GetValue(offset), context.Arguments.GetValue(time), isFollowing, cancellation);
            await run.PartitionsAsync(reading, starts, cancellation);
        });
        return command;
    }

    private static void AddValidators(
        Command command, Option<bool> beginning, Option<long?> offset, Option<string?> time, Option<string?> group, Option<int[]> partition, Option<string?> format)
    {
        command.Validators.Add(result =>
        {
            Option[] starts = [.. new Option[] { beginning, offset, time }.Where(start => result.GetResult(start) is not null)];
            if (starts.Length > 1)
            {
                result.AddError($"{starts[0].Name} and {starts[1].Name} say different things: write one of them.");
            }

            if (result.GetResult(group) is not null && (starts.Length > 0 || result.GetResult(partition) is not null))
            {
                result.AddError($"A group goes on where it stopped, in the partitions it is given: leave out {(starts.Length > 0 ? starts[0].Name : partition.Name)}. "
                    + "\"grainstream group reset-offsets\" moves a group.");
            }
        });
        time.Validators.Add(result =>
        {
            if (!Durations.TryParseTime(result.GetValueOrDefault<string>() ?? "", DateTimeOffset.UnixEpoch, out _))
            {
                result.AddError("--from-timestamp takes a time such as 2026-11-20T18:00:00Z, Unix milliseconds, or how long ago, such as -15m.");
            }
        });
        format.Validators.Add(result =>
        {
            if (RecordTemplate.TryParse(result.GetValueOrDefault<string>() ?? "", out string problem) is null)
            {
                result.AddError(problem);
            }
        });
    }

    private static async Task<IReadOnlyDictionary<TopicPartition, StartPosition>> StartsAsync(
        ClusterCommand context,
        IReadOnlyList<TopicPartition> partitions,
        bool isFromBeginning,
        long? offset,
        string? time,
        bool isFollowing,
        CancellationToken cancellation)
    {
        if (offset is < 0)
        {
            IReadOnlyDictionary<TopicPartition, long> starts = await context.Client.Offsets.ListAsync(partitions, Client.Administration.OffsetSpec.Earliest, cancellation);
            IReadOnlyDictionary<TopicPartition, long> ends = await context.Client.Offsets.ListAsync(partitions, Client.Administration.OffsetSpec.Latest, cancellation);
            return partitions.ToDictionary(partition => partition, partition => StartPosition.At(Math.Max(starts[partition], ends[partition] + offset.Value)));
        }

        StartPosition start = StartPosition.Beginning;
        if (offset is { } number)
        {
            start = StartPosition.At(number);
        }
        else if (time is not null)
        {
            start = Durations.TryParseTime(time, DateTimeOffset.UtcNow, out DateTimeOffset point) ? StartPosition.At(point) : start;
        }
        else if (isFollowing && !isFromBeginning)
        {
            start = StartPosition.End;
        }

        return partitions.ToDictionary(partition => partition, _ => start);
    }
}
