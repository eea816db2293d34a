using System.CommandLine;
using System.CommandLine.Completions;
using GrainStream.Client;
using GrainStream.Client.Errors;

namespace GrainStream.Cli.Clusters;

/// <summary>Arguments that name topics and groups. Shells complete them with those that there are.</summary>
internal static class Names
{
    // Whoever presses Tab does not want to wait.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static Argument<string> Topic(string description = "The topic")
    {
        Argument<string> argument = new("topic") { Description = description };
        argument.CompletionSources.Add(context => Ask(context, async client => (await client.Topics.ListAsync()).Select(topic => topic.Name)));
        return argument;
    }

    public static Argument<string> Group()
    {
        Argument<string> argument = new("group") { Description = "The group's id" };
        argument.CompletionSources.Add(context => Ask(context, async client => (await client.Groups.ListAsync()).Select(group => group.Id)));
        return argument;
    }

    private static CompletionItem[] Ask(CompletionContext context, Func<KafkaClient, Task<IEnumerable<string>>> ask)
    {
        try
        {
            return Task.Run(async () =>
            {
                await using KafkaClient client = ClusterOptions.Connect(context.ParseResult);
                await client.DescribeClusterAsync();
                return (await ask(client)).Select(name => new CompletionItem(name)).ToArray();
            }).WaitAsync(Patience).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is KafkaException or TimeoutException or CommandFailedException)
        {
            // Completion has no way to say what is wrong; the command itself will.
            return [];
        }
    }
}
