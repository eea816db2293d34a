using System.CommandLine;
using GrainStream.Cli.Clusters;
using GrainStream.Client.Grouping;

namespace GrainStream.Cli.Groups;

/// <summary><c>group list</c>.</summary>
internal static class ListGroupsCommand
{
    public static Command Create()
    {
        Option<string?> state = new("--state") { Description = "Only those in this state, such as Stable or Empty", HelpName = "state" };
        Command command = new("list", "List groups and their states") { state };
        ClusterOptions.Handle(command, async (context, cancellation) =>
        {
            string? wanted = context.Arguments.GetValue(state);
            GroupListing[] groups = [.. (await context.Client.Groups.ListAsync(cancellation))
                .Where(group => wanted is null || string.Equals(group.State, wanted, StringComparison.OrdinalIgnoreCase))];
            if (context.Output.IsJson)
            {
                context.Output.WriteJson(groups.Select(group => new { group = group.Id, state = group.State, type = group.Type, protocolType = group.ProtocolType }));
            }
            else if (groups.Length == 0)
            {
                context.Output.Say(wanted is null ? "There are no groups." : $"There are no groups in state {wanted}.");
            }
            else
            {
                context.Output.WriteTable(
                    ["group", "state", "type"], groups.Select(group => (IReadOnlyList<string>)[group.Id, OrDash(group.State), OrDash(group.Type)]));
            }
        });
        return command;
    }

    private static string OrDash(string text) => text.Length == 0 ? "-" : text;
}
