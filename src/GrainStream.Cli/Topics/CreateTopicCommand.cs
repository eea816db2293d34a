using System.CommandLine;
using GrainStream.Cli.Clusters;
using GrainStream.Cli.Values;
using GrainStream.Client.Administration;
using GrainStream.Client.Errors;
using GrainStream.Protocol;

namespace GrainStream.Cli.Topics;

/// <summary><c>topic create</c>.</summary>
internal static class CreateTopicCommand
{
    public static Command Create()
    {
        Argument<string> topic = new("topic") { Description = "Its name: letters, digits, dot, underscore and dash" };
        Option<int> partitions = new("--partitions", "-p") { Description = "How many [default: the broker's num.partitions]", CustomParser = NumberParser.Between(1, int.MaxValue), HelpName = "n" };
        Option<short> replication = new("--replication-factor") { Description = "Brokers that hold each partition [default: the broker's]", CustomParser = NumberParser.Between<short>(1, short.MaxValue), HelpName = "n" };
        Option<string[]> config = ConfigArguments.Option("--config", "A setting by Kafka's name; may come several times");
        Option<bool> ifNotExists = new("--if-not-exists") { Description = "Succeed if there is such a topic already" };
        Command command = new("create", "Create a topic") { topic, partitions, replication, config, ifNotExists };
        ClusterOptions.Handle(command, async (context, cancellation) =>
        {
            string name = context.Arguments.GetRequiredValue(topic);
            bool isNew = true;
            int count;
            try
            {
                count = await context.Client.Topics.CreateAsync(
                    new NewTopic(name)
                    {
                        Partitions = context.Arguments.GetResult(partitions) is null ? -1 : context.Arguments.GetValue(partitions),
                        ReplicationFactor = context.Arguments.GetResult(replication) is null ? (short)-1 : context.Arguments.GetValue(replication),
                        Configs = ConfigArguments.Parse(context.Arguments.GetValue(config)),
                    },
                    cancellation: cancellation);
            }
            catch (KafkaErrorException e) when (e.Error == ErrorCode.TopicAlreadyExists && context.Arguments.GetValue(ifNotExists))
            {
                isNew = false;
                count = (await context.Client.Topics.FindAsync(name, cancellation))?.Partitions.Count ?? -1;
            }

            if (context.Output.IsJson)
            {
                context.Output.WriteJson(new { topic = name, partitions = count, created = isNew });
            }
            else
            {
                context.Output.Say(isNew
                    ? $"Created topic {name}{(count >= 0 ? $" with {Numbers.Count(count, "partition")}" : "")}."
                    : $"Topic {name} is there already, with {Numbers.Count(count, "partition")}.");
            }
        });
        return command;
    }
}
