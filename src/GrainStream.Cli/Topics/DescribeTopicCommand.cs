using System.CommandLine;
using GrainStream.Cli.Clusters;
using GrainStream.Cli.Values;
using GrainStream.Client;
using GrainStream.Client.Administration;
using GrainStream.Client.Clusters;
using GrainStream.Client.Errors;

namespace GrainStream.Cli.Topics;

/// <summary><c>topic describe</c>.</summary>
internal static class DescribeTopicCommand
{
    public static Command Create()
    {
        Argument<string> topic = Names.Topic();
        Option<bool> all = new("--all-configs") { Description = "All settings, not only those that somebody chose" };
        Command command = new("describe", "Show partitions, offsets and settings of a topic") { topic, all };
        ClusterOptions.Handle(command, async (context, cancellation) =>
        {
            TopicMetadata found = await context.RequireTopicAsync(context.Arguments.GetRequiredValue(topic), cancellation);
            IReadOnlyList<ConfigEntry> configs = await context.Client.Topics.DescribeConfigsAsync(found.Name, cancellation);
            (IReadOnlyDictionary<TopicPartition, long> starts, IReadOnlyDictionary<TopicPartition, long> ends) = await OffsetsOfAsync(context, found, cancellation);
            ConfigEntry[] shown = [.. configs.Where(config => context.Arguments.GetValue(all) || !config.IsDefault)];
            if (context.Output.IsJson)
            {
                context.Output.WriteJson(new
                {
                    topic = found.Name,
                    topicId = found.Id.Value,
                    @internal = found.IsInternal,
                    partitions = found.Partitions.Select(partition => new
                    {
                        partition = partition.Index,
                        leader = partition.Leader,
                        leaderEpoch = partition.LeaderEpoch,
                        replicas = partition.Replicas,
                        inSyncReplicas = partition.InSyncReplicas,
                        startOffset = Find(starts, found.Name, partition.Index),
                        endOffset = Find(ends, found.Name, partition.Index),
                    }),
                    configs = shown.Select(config => new { name = config.Name, value = config.Value, source = config.Source.ToString(), isDefault = config.IsDefault }),
                });
                return;
            }

            context.Output.WriteFacts(
                ("Topic", found.Name),
                ("Id", found.Id.ToString()),
                ("Partitions", Numbers.Plain(found.Partitions.Count)),
                ("Offsets", Numbers.Of(ends.Sum(end => end.Value) - starts.Sum(start => start.Value)) + " from start to end of all partitions"));
            context.Output.WriteTable(
                [">partition", ">leader", ">epoch", "replicas", "in sync", ">start offset", ">end offset"],
                found.Partitions.Select(partition => (IReadOnlyList<string>)
                [
                    Numbers.Plain(partition.Index),
                    partition.Leader < 0 ? "none" : Numbers.Plain(partition.Leader),
                    Numbers.Plain(partition.LeaderEpoch),
                    string.Join(',', partition.Replicas),
                    string.Join(',', partition.InSyncReplicas),
                    Find(starts, found.Name, partition.Index) is { } start ? Numbers.Plain(start) : "-",
                    Find(ends, found.Name, partition.Index) is { } end ? Numbers.Plain(end) : "-",
                ]));
            context.Output.Say("");
            if (shown.Length == 0)
            {
                context.Output.Say("All settings have their defaults; --all-configs shows them.");
                return;
            }

            context.Output.WriteTable(
                ["setting", "value", "from"],
                shown.Select(config => (IReadOnlyList<string>)[config.Name, config.IsSensitive ? "(secret)" : config.Value ?? "-", SourceOf(config.Source)]));
        });
        return command;
    }

    private static async Task<(IReadOnlyDictionary<TopicPartition, long> Starts, IReadOnlyDictionary<TopicPartition, long> Ends)> OffsetsOfAsync(
        ClusterCommand context, TopicMetadata topic, CancellationToken cancellation)
    {
        TopicPartition[] led = [.. topic.Partitions.Where(partition => partition.Leader >= 0).Select(partition => new TopicPartition(topic.Name, partition.Index))];
        try
        {
            return (await context.Client.Offsets.ListAsync(led, OffsetSpec.Earliest, cancellation),
                await context.Client.Offsets.ListAsync(led, OffsetSpec.Latest, cancellation));
        }
        catch (KafkaErrorException e)
        {
            // The rest is worth showing all the same.
            context.Output.Aside.Write(new Spectre.Console.Text($"warning: {e.Message}\n"));
            return (new Dictionary<TopicPartition, long>(), new Dictionary<TopicPartition, long>());
        }
    }

    private static long? Find(IReadOnlyDictionary<TopicPartition, long> offsets, string topic, int partition) =>
        offsets.TryGetValue(new TopicPartition(topic, partition), out long offset) ? offset : null;

    private static string SourceOf(ConfigSource source) => source switch
    {
        ConfigSource.Topic => "this topic",
        ConfigSource.DynamicBroker or ConfigSource.DynamicDefaultBroker => "the broker, at run time",
        ConfigSource.StaticBroker => "the broker's settings",
        ConfigSource.Default => "default",
        _ => "-",
    };
}
