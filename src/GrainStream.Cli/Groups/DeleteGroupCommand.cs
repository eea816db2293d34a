using System.CommandLine;
using GrainStream.Cli.Clusters;
using GrainStream.Client.Errors;
using GrainStream.Protocol;

namespace GrainStream.Cli.Groups;

/// <summary><c>group delete</c>.</summary>
internal static class DeleteGroupCommand
{
    public static Command Create()
    {
        Argument<string> group = Names.Group();
        Command command = new("delete", "Delete a group without members, and its offsets") { group };
        ClusterOptions.Handle(command, async (context, cancellation) =>
        {
            string id = context.Arguments.GetRequiredValue(group);
            try
            {
                await context.Client.Groups.DeleteAsync(id, cancellation);
            }
            catch (KafkaErrorException e) when (e.Error == ErrorCode.GroupIdNotFound)
            {
                throw await GroupLookup.MissingAsync(context, id, cancellation);
            }

            if (context.Output.IsJson)
            {
                context.Output.WriteJson(new { group = id, deleted = true });
            }
            else
            {
                context.Output.Say($"Deleted group {id}.");
            }
        });
        return command;
    }
}
