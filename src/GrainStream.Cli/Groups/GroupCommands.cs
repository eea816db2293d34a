using System.CommandLine;

namespace GrainStream.Cli.Groups;

/// <summary><c>group</c>.</summary>
internal static class GroupCommands
{
    public static Command Create() => new("group", "List and describe consumer groups, set their offsets, delete them")
    {
        ListGroupsCommand.Create(),
        DescribeGroupCommand.Create(),
        ResetOffsetsCommand.Create(),
        DeleteGroupCommand.Create(),
    };
}
