using System.CommandLine;
using GrainStream.Cli.Clusters;
using GrainStream.Cli.Values;

namespace GrainStream.Cli.Groups;

/// <summary><c>group reset-offsets</c>: shows what it would do, and does it with <c>--execute</c> alone.</summary>
internal static class ResetOffsetsCommand
{
    public static Command Create()
    {
        Argument<string> group = Names.Group();
        Option<string[]> topic = new("--topic", "-t") { Description = "A topic, or some partitions of it as orders:0,2; may come several times [default: all the group has offsets in]", HelpName = "topic[:partitions]", Arity = ArgumentArity.OneOrMore };
        Option<bool> earliest = new("--to-earliest") { Description = "To the first record that is still there" };
        Option<bool> latest = new("--to-latest") { Description = "To the end: leave out all there is" };
        Option<long?> offset = new("--to-offset") { Description = "To this offset", CustomParser = NumberParser.OptionalBetween(0, long.MaxValue), HelpName = "n" };
        Option<string?> time = new("--to-datetime") { Description = "To the first record of this time or later, such as 2026-11-20T18:00:00Z", HelpName = "time" };
        Option<long?> shift = new("--shift-by") { Description = "So many records on, or back if below zero", CustomParser = NumberParser.OptionalBetween(long.MinValue, long.MaxValue), HelpName = "n" };
        Option<string?> duration = new("--by-duration") { Description = "To the first record of so long ago or later, such as 2h", HelpName = "duration" };
        Option<bool> dryRun = new("--dry-run") { Description = "Only show what would be set; this is the default" };
        Option<bool> execute = new("--execute") { Description = "Set the offsets" };
        Command command = new("reset-offsets", "Set the offsets of a group without members; shows what it would do, and does it with --execute")
        {
            group, topic, earliest, latest, offset, time, shift, duration, dryRun, execute,
        };
        AddValidators(command, [earliest, latest, offset, time, shift, duration], dryRun, execute, time, duration);
        ClusterOptions.Handle(command, async (context, cancellation) =>
        {
            ParseResult arguments = context.Arguments;
            DateTimeOffset now = DateTimeOffset.UtcNow;
            ResetTarget target = (arguments.GetValue(earliest), arguments.GetValue(latest), arguments.GetValue(offset), arguments.GetValue(shift)) switch
            {
                (true, _, _, _) => new ResetTarget(ResetKind.Earliest),
                (_, true, _, _) => new ResetTarget(ResetKind.Latest),
                (_, _, { } number, _) => new ResetTarget(ResetKind.Offset, number),
                (_, _, _, { } by) => new ResetTarget(ResetKind.Shift, by),
                _ => new ResetTarget(ResetKind.Time, Time: TimeOf(arguments.GetValue(time), arguments.GetValue(duration), now)),
            };
            await new ResetRun(context, arguments.GetRequiredValue(group), target)
                .RunAsync(arguments.GetValue(topic) ?? [], arguments.GetValue(execute), cancellation);
        });
        return command;
    }

    private static void AddValidators(Command command, Option[] ways, Option<bool> dryRun, Option<bool> execute, Option<string?> time, Option<string?> duration)
    {
        command.Validators.Add(result =>
        {
            Option[] written = [.. ways.Where(way => result.GetResult(way) is not null)];
            if (written.Length != 1)
            {
                result.AddError(written.Length == 0
                    ? $"Where to? Write one of {string.Join(", ", ways.Select(way => way.Name))}."
                    : $"{written[0].Name} and {written[1].Name} say different things: write one of them.");
            }

            if (result.GetResult(dryRun) is not null && result.GetResult(execute) is not null)
            {
                result.AddError("--dry-run only shows, --execute does it: write one of them.");
            }
        });
        time.Validators.Add(result =>
        {
            if (!Durations.TryParseTime(result.GetValueOrDefault<string>() ?? "", DateTimeOffset.UnixEpoch, out _))
            {
                result.AddError("--to-datetime takes a time, such as 2026-11-20T18:00:00Z.");
            }
        });
        duration.Validators.Add(result =>
        {
            if (!Durations.TryParse(result.GetValueOrDefault<string>() ?? "", out _))
            {
                result.AddError("--by-duration takes a duration, such as 30m, 2h or 7d.");
            }
        });
    }

    private static DateTimeOffset TimeOf(string? time, string? duration, DateTimeOffset now)
    {
        if (duration is not null && Durations.TryParse(duration, out TimeSpan ago))
        {
            return now - ago;
        }

        return Durations.TryParseTime(time ?? "", now, out DateTimeOffset point) ? point : now;
    }
}
