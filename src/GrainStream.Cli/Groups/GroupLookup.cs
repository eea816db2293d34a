using GrainStream.Cli.Clusters;
using GrainStream.Client.Grouping;

namespace GrainStream.Cli.Groups;

/// <summary>Finds groups, and says what there is where one is not.</summary>
internal static class GroupLookup
{
    /// <exception cref="CommandFailedException">There is no such group.</exception>
    public static async Task<GroupDescription> RequireAsync(ClusterCommand context, string group, CancellationToken cancellation) =>
        await context.Client.Groups.DescribeAsync(group, cancellation) ?? throw await MissingAsync(context, group, cancellation);

    /// <summary>What to throw where a group is not there.</summary>
    public static async Task<CommandFailedException> MissingAsync(ClusterCommand context, string group, CancellationToken cancellation)
    {
        string others = NearestNames.Suggest(group, (await context.Client.Groups.ListAsync(cancellation)).Select(listed => listed.Id));
        return new CommandFailedException(
            ExitCode.NotFound,
            $"There is no group {group}.{(others.Length > 0 ? others : " A group comes to be when its first consumer joins or commits; \"grainstream group list\" shows those there are.")}");
    }
}
