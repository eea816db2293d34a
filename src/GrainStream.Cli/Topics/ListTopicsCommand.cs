using System.CommandLine;
using GrainStream.Cli.Clusters;
using GrainStream.Cli.Values;
using GrainStream.Client.Clusters;

namespace GrainStream.Cli.Topics;

/// <summary><c>topic list</c>.</summary>
internal static class ListTopicsCommand
{
    public static Command Create()
    {
        Option<bool> withInternal = new("--internal") { Description = "Also those that brokers keep for their own use" };
        Command command = new("list", "List topics") { withInternal };
        ClusterOptions.Handle(command, async (context, cancellation) =>
        {
            bool isAll = context.Arguments.GetValue(withInternal);
            TopicMetadata[] topics = [.. (await context.Client.Topics.ListAsync(cancellation)).Where(topic => isAll || !topic.IsInternal)];
            if (context.Output.IsJson)
            {
                context.Output.WriteJson(topics.Select(topic => new
                {
                    topic = topic.Name,
                    topicId = topic.Id.Value,
                    partitions = topic.Partitions.Count,
                    replicationFactor = ReplicationOf(topic),
                    @internal = topic.IsInternal,
                }));
            }
            else if (topics.Length == 0)
            {
                context.Output.Say("There are no topics yet. \"grainstream topic create\" makes one.");
            }
            else
            {
                context.Output.WriteTable(
                    ["topic", ">partitions", ">replicas"],
                    topics.Select(topic => (IReadOnlyList<string>)[topic.Name, Numbers.Plain(topic.Partitions.Count), Numbers.Plain(ReplicationOf(topic))]));
            }
        });
        return command;
    }

    private static int ReplicationOf(TopicMetadata topic) => topic.Partitions.Count == 0 ? 0 : topic.Partitions.Max(partition => partition.Replicas.Count);
}
