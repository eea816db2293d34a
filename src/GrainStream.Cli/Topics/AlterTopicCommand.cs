using System.CommandLine;
using GrainStream.Cli.Clusters;
using GrainStream.Cli.Values;
using GrainStream.Client.Administration;
using GrainStream.Client.Clusters;

namespace GrainStream.Cli.Topics;

/// <summary><c>topic alter</c>.</summary>
internal static class AlterTopicCommand
{
    public static Command Create()
    {
        Argument<string> topic = Names.Topic();
        Option<string[]> set = ConfigArguments.Option("--config", "A setting to change, by Kafka's name; may come several times");
        Option<string[]> unset = new("--delete-config") { Description = "A setting to take back to its default; may come several times", HelpName = "name", Arity = ArgumentArity.OneOrMore };
        Option<int?> partitions = new("--partitions", "-p") { Description = "How many partitions it is to have in all; they only ever grow", CustomParser = NumberParser.OptionalBetween(1, int.MaxValue), HelpName = "n" };
        Option<bool> dryRun = new("--dry-run") { Description = "Only ask the cluster whether it would do it" };
        Command command = new("alter", "Change settings of a topic, or add partitions") { topic, set, unset, partitions, dryRun };
        command.Validators.Add(result =>
        {
            if (result.GetResult(set) is null && result.GetResult(unset) is null && result.GetResult(partitions) is null)
            {
                result.AddError("There is nothing to change. Write --config name=value, --delete-config name, or --partitions n.");
            }
        });
        ClusterOptions.Handle(command, async (context, cancellation) =>
        {
            TopicMetadata found = await context.RequireTopicAsync(context.Arguments.GetRequiredValue(topic), cancellation);
            bool isDryRun = context.Arguments.GetValue(dryRun);
            ConfigChange[] changes =
            [
                .. ConfigArguments.Parse(context.Arguments.GetValue(set)).Select(config => new ConfigChange(config.Key, config.Value)),
                .. (context.Arguments.GetValue(unset) ?? []).Select(name => new ConfigChange(name, null)),
            ];
            if (changes.Length > 0)
            {
                await context.Client.Topics.AlterConfigsAsync(found.Name, changes, isDryRun, cancellation);
            }

            int? total = context.Arguments.GetValue(partitions);
            if (total is { } count)
            {
                await context.Client.Topics.AddPartitionsAsync(found.Name, count, isDryRun, cancellation);
            }

            if (context.Output.IsJson)
            {
                context.Output.WriteJson(new
                {
                    topic = found.Name,
                    configs = changes.Select(change => new { name = change.Name, value = change.Value }),
                    partitions = total,
                    executed = !isDryRun,
                });
                return;
            }

            foreach (ConfigChange change in changes)
            {
                context.Output.Say(change.Value is null ? $"{change.Name} back to its default" : $"{change.Name} = {change.Value}");
            }

            if (total is not null)
            {
                context.Output.Say($"{Numbers.Count(total.Value, "partition")} instead of {found.Partitions.Count}");
            }

            context.Output.Say(isDryRun ? $"The cluster would change topic {found.Name}. Nothing was changed." : $"Changed topic {found.Name}.");
        });
        return command;
    }
}
