using System.CommandLine;
using GrainStream.Cli.Clusters;
using GrainStream.Client.Clusters;
using Spectre.Console;

namespace GrainStream.Cli.Topics;

/// <summary><c>topic delete</c>.</summary>
internal static class DeleteTopicCommand
{
    public static Command Create()
    {
        Argument<string> topic = Names.Topic();
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask" };
        Command command = new("delete", "Delete a topic and all its records") { topic, yes };
        ClusterOptions.Handle(command, async (context, cancellation) =>
        {
            TopicMetadata found = await context.RequireTopicAsync(context.Arguments.GetRequiredValue(topic), cancellation);
            bool isSure = context.Arguments.GetValue(yes)
                || Console.IsInputRedirected || !context.Output.IsAsideTerminal
                || context.Output.Aside.Confirm($"Delete topic {Markup.Escape(found.Name)} and all its records?", defaultValue: false);
            if (!isSure)
            {
                throw new CommandFailedException(ExitCode.Failed, "Nothing was deleted.");
            }

            await context.Client.Topics.DeleteAsync(found.Name, cancellation);
            if (context.Output.IsJson)
            {
                context.Output.WriteJson(new { topic = found.Name, deleted = true });
            }
            else
            {
                context.Output.Say($"Deleted topic {found.Name}.");
            }
        });
        return command;
    }
}
