using System.CommandLine;
using GrainStream.Cli.Output;
using GrainStream.Client;
using GrainStream.Client.Clusters;

namespace GrainStream.Cli.Clusters;

/// <summary>What a command that talks to a cluster works with.</summary>
/// <param name="Arguments">What was written.</param>
/// <param name="Client">The cluster.</param>
/// <param name="Output">Where to print.</param>
internal sealed record ClusterCommand(ParseResult Arguments, KafkaClient Client, CommandOutput Output)
{
    /// <summary>A topic that has to be there.</summary>
    /// <exception cref="CommandFailedException">It is not; the message names those that are like it.</exception>
    public async Task<TopicMetadata> RequireTopicAsync(string name, CancellationToken cancellation)
    {
        if (await Client.Topics.FindAsync(name, cancellation) is { } topic)
        {
            return topic;
        }

        IReadOnlyList<TopicMetadata> all = await Client.Topics.ListAsync(cancellation);
        string others = NearestNames.Suggest(name, all.Where(other => !other.IsInternal).Select(other => other.Name));
        throw new CommandFailedException(
            ExitCode.NotFound,
            $"There is no topic {name}.{(others.Length > 0 ? others : " \"grainstream topic list\" shows those there are; \"grainstream topic create\" makes one.")}");
    }

    /// <summary>Partitions of a topic: all, or those that were named.</summary>
    /// <exception cref="CommandFailedException">One of them is not there.</exception>
    public static IReadOnlyList<TopicPartition> Partitions(TopicMetadata topic, IReadOnlyCollection<int>? named)
    {
        if (named is null || named.Count == 0)
        {
            return [.. topic.Partitions.Select(partition => new TopicPartition(topic.Name, partition.Index))];
        }

        foreach (int partition in named)
        {
            if (partition < 0 || partition >= topic.Partitions.Count)
            {
                throw new CommandFailedException(
                    ExitCode.NotFound, $"Topic {topic.Name} has no partition {partition}: it has {topic.Partitions.Count}, numbered from 0.");
            }
        }

        return [.. named.Distinct().Order().Select(partition => new TopicPartition(topic.Name, partition))];
    }
}
