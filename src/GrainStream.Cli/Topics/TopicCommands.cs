using System.CommandLine;

namespace GrainStream.Cli.Topics;

/// <summary><c>topic</c>.</summary>
internal static class TopicCommands
{
    public static Command Create() => new("topic", "Create, list, describe, alter and delete topics")
    {
        CreateTopicCommand.Create(),
        ListTopicsCommand.Create(),
        DescribeTopicCommand.Create(),
        AlterTopicCommand.Create(),
        DeleteTopicCommand.Create(),
    };
}
