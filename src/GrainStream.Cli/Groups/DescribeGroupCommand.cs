using System.CommandLine;
using GrainStream.Cli.Clusters;
using GrainStream.Cli.Values;
using GrainStream.Client.Grouping;

namespace GrainStream.Cli.Groups;

/// <summary><c>group describe</c>.</summary>
internal static class DescribeGroupCommand
{
    public static Command Create()
    {
        Argument<string> group = Names.Group();
        Command command = new("describe", "Show a group's members, and how far it is behind in each partition") { group };
        ClusterOptions.Handle(command, async (context, cancellation) =>
        {
            GroupDescription found = await GroupLookup.RequireAsync(context, context.Arguments.GetRequiredValue(group), cancellation);
            IReadOnlyList<GroupLag> lags = await GroupLag.OfAsync(context, found, cancellation);
            if (context.Output.IsJson)
            {
                PrintJson(context, found, lags);
            }
            else
            {
                PrintTables(context, found, lags);
            }
        });
        return command;
    }

    private static void PrintJson(ClusterCommand context, GroupDescription group, IReadOnlyList<GroupLag> lags) => context.Output.WriteJson(new
    {
        group = group.Id,
        state = group.State,
        type = group.Type,
        assignor = group.Assignor,
        epoch = group.Epoch,
        coordinator = group.Coordinator.ToString(),
        lag = lags.Sum(lag => lag.Lag ?? 0),
        partitions = lags.Select(lag => new
        {
            topic = lag.Partition.Topic,
            partition = lag.Partition.Partition,
            committedOffset = lag.Committed,
            endOffset = lag.End,
            lag = lag.Lag,
            memberId = lag.Owner?.Id,
        }),
        members = group.Members.Select(member => new
        {
            memberId = member.Id,
            instanceId = member.InstanceId,
            clientId = member.ClientId,
            host = member.ClientHost,
            epoch = member.Epoch,
            partitions = member.Assignment.Select(partition => new { topic = partition.Topic, partition = partition.Partition }),
        }),
    });

    private static void PrintTables(ClusterCommand context, GroupDescription group, IReadOnlyList<GroupLag> lags)
    {
        context.Output.WriteFacts(
            ("Group", group.Id),
            ("State", $"{group.State}, {Numbers.Count(group.Members.Count, "member")}"),
            ("Protocol", group.Type + (group.Assignor.Length > 0 ? $", assignor {group.Assignor}" : "") + (group.Epoch is { } epoch ? $", epoch {epoch}" : "")),
            ("Coordinator", group.Coordinator.ToString()),
            ("Lag", Numbers.Of(lags.Sum(lag => lag.Lag ?? 0))));
        if (lags.Count > 0)
        {
            context.Output.WriteTable(
                ["topic", ">partition", ">committed", ">end", ">lag", "member", "client", "host"],
                lags.Select(lag => (IReadOnlyList<string>)
                [
                    lag.Partition.Topic,
                    Numbers.Plain(lag.Partition.Partition),
                    OrDash(lag.Committed),
                    OrDash(lag.End),
                    OrDash(lag.Lag),
                    lag.Owner is null ? "-" : lag.Owner.InstanceId ?? lag.Owner.Id,
                    lag.Owner?.ClientId ?? "-",
                    lag.Owner?.ClientHost ?? "-",
                ]));
        }

        GroupMember[] idle = [.. group.Members.Where(member => member.Assignment.Count == 0)];
        if (idle.Length > 0)
        {
            context.Output.Say($"Without partitions: {string.Join(", ", idle.Select(member => member.InstanceId ?? member.Id))}");
        }
    }

    private static string OrDash(long? number) => number is { } some ? Numbers.Plain(some) : "-";
}
