using System.Text;
using GrainStream.Core.Topics.Configs;
using GrainStream.Server.Options;

namespace GrainStream.Server;

/// <summary>What <c>--help</c> prints.</summary>
public static class Usage
{
    private const int Width = 100;

    /// <summary>The whole text.</summary>
    public static string Text()
    {
        StringBuilder text = new();
        text.Append(
            """
            GrainStream: an event log that every Kafka client can use, in one process.

            usage: GrainStream.Server [--GrainStream:Name=value ...]
                   GrainStream.Server --help | --version

            Settings come from appsettings.json in the directory it is started in, then from the environment
            (GrainStream__Kafka__Listen=...), then from the command line (--GrainStream:Kafka:Listen=...); the last one counts.


            """);
        foreach (Setting setting in ServerSettings.All)
        {
            Append(text, $"GrainStream:{setting.Key}", setting.Default, setting.Meaning);
        }

        text.Append(
            """
            GrainStream:Broker:<name>
                Kafka's broker and topic defaults under Kafka's names, such as GrainStream:Broker:num.partitions=8. Where a dot cannot
                be written, as in a shell's variables, an underscore will do: GrainStream__Broker__num_partitions=8.

            """);

        foreach (ConfigDefinition definition in BrokerConfigs.All.Values.Where(IsChoice).OrderBy(definition => definition.Name, StringComparer.Ordinal))
        {
            Append(text, $"GrainStream:Broker:{definition.Name}", definition.DefaultValue, definition.Documentation);
        }

        text.Append(
            """

            Exit status: 0 stopped in good order, 2 a setting is wrong, 3 the data directory cannot be used, 4 stored data is damaged,
            5 an address to listen on is not available, 6 the disk failed, 130 stopped at once on a second Ctrl+C, 1 anything else.

            """);
        return text.ToString();
    }

    // Kafka settings that have one possible value for now are known, so that clients can ask for them, but nothing to choose.
    private static bool IsChoice(ConfigDefinition definition) => definition.OnlyDefaultBecause is null;

    private static void Append(StringBuilder text, string name, string standard, string meaning)
    {
        text.Append(name).Append(standard.Length == 0 ? "" : $" (default {standard})").Append('\n');
        int column = Width;
        foreach (string word in meaning.Split(' '))
        {
            if (column + word.Length + 1 > Width)
            {
                text.Append(column == Width ? "    " : "\n    ");
                column = 3;
            }
            else
            {
                text.Append(' ');
            }

            text.Append(word);
            column += word.Length + 1;
        }

        text.Append('\n');
    }
}
