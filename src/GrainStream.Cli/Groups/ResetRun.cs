using System.Globalization;
using GrainStream.Cli.Clusters;
using GrainStream.Cli.Values;
using GrainStream.Client;
using GrainStream.Client.Clusters;
using GrainStream.Client.Grouping;

namespace GrainStream.Cli.Groups;

/// <summary>Plans new offsets of a group, shows them, and sets them if it is to.</summary>
internal sealed class ResetRun(ClusterCommand context, string group, ResetTarget target)
{
    /// <param name="topics">Topics, or topic:partitions; none for all that the group has offsets in.</param>
    /// <param name="isExecuting">Set them.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="CommandFailedException">The group or a topic is not there, or the group has members.</exception>
    public async Task RunAsync(IReadOnlyCollection<string> topics, bool isExecuting, CancellationToken cancellation)
    {
        // A group that has never been may be given offsets before its first consumer comes, if topics are named.
        GroupDescription? found = topics.Count > 0
            ? await context.Client.Groups.DescribeAsync(group, cancellation)
            : await GroupLookup.RequireAsync(context, group, cancellation);
        if (found is { Members.Count: > 0 } && isExecuting)
        {
            throw new CommandFailedException(
                ExitCode.Failed, $"Group {group} has {Numbers.Count(found.Members.Count, "member")}: offsets can only be set while it has none. Stop its consumers first.");
        }

        Dictionary<TopicPartition, long> current = found is null
            ? []
            : (await context.Client.Groups.ListOffsetsAsync(group, cancellation)).ToDictionary(entry => entry.Key, entry => entry.Value.Offset);
        IReadOnlyCollection<TopicPartition> partitions = topics.Count > 0 ? await NamedAsync(topics, cancellation) : [.. current.Keys.Order()];
        if (partitions.Count == 0)
        {
            throw new CommandFailedException(ExitCode.NotFound, $"Group {group} has no offsets. Name the topics that it is to have some in: --topic orders.");
        }

        IReadOnlyDictionary<TopicPartition, long> planned = await target.PlanAsync(context.Client.Offsets, current, partitions, cancellation);
        if (isExecuting)
        {
            await context.Client.Groups.AlterOffsetsAsync(group, planned.ToDictionary(entry => entry.Key, entry => new CommittedOffset(entry.Value)), cancellation);
        }

        Print(current, planned, isExecuting);
    }

    private async Task<IReadOnlyCollection<TopicPartition>> NamedAsync(IReadOnlyCollection<string> topics, CancellationToken cancellation)
    {
        SortedSet<TopicPartition> partitions = [];
        foreach (string written in topics)
        {
            int at = written.IndexOf(':', StringComparison.Ordinal);
            TopicMetadata topic = await context.RequireTopicAsync(at < 0 ? written : written[..at], cancellation);
            int[]? numbers = at < 0 ? null : [.. written[(at + 1)..].Split(',').Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new CommandFailedException(ExitCode.Usage, $"\"{text}\" in \"{written}\" is no partition. Write topic:0,2."))];
            partitions.UnionWith(ClusterCommand.Partitions(topic, numbers));
        }

        return partitions;
    }

    private void Print(Dictionary<TopicPartition, long> current, IReadOnlyDictionary<TopicPartition, long> planned, bool isExecuted)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(new
            {
                group,
                executed = isExecuted,
                partitions = planned.OrderBy(entry => entry.Key).Select(entry => new
                {
                    topic = entry.Key.Topic,
                    partition = entry.Key.Partition,
                    currentOffset = current.TryGetValue(entry.Key, out long now) ? now : (long?)null,
                    newOffset = entry.Value,
                }),
            });
            return;
        }

        context.Output.WriteTable(
            ["topic", ">partition", ">current", ">new"],
            planned.OrderBy(entry => entry.Key).Select(entry => (IReadOnlyList<string>)
            [
                entry.Key.Topic,
                Numbers.Plain(entry.Key.Partition),
                current.TryGetValue(entry.Key, out long now) ? Numbers.Plain(now) : "-",
                Numbers.Plain(entry.Value),
            ]));
        context.Output.Say(isExecuted ? $"Set the offsets of group {group}." : "Nothing was changed. Add --execute to set these offsets.");
    }
}
