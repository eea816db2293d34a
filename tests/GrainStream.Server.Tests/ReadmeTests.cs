using GrainStream.Core.Topics.Configs;
using GrainStream.Server.Options;
using GrainStream.TestKit;

namespace GrainStream.Server.Tests;

/// <summary>The README's tables say what the code says.</summary>
public sealed class ReadmeTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public void Every_setting_of_the_server_has_its_row() =>
        Assert.Equal(
            ServerSettings.All.Select(setting => Row($"GrainStream:{setting.Key}", setting.Default, setting.Meaning)),
            RowsOf("`GrainStream:"));

    [Fact]
    public void Every_setting_under_Kafka_s_name_that_has_a_choice_has_its_row() =>
        Assert.Equal(
            BrokerConfigs.All.Values
                .Where(definition => definition.OnlyDefaultBecause is null)
                .OrderBy(definition => definition.Name, StringComparer.Ordinal)
                .Select(definition => Row(definition.Name, definition.DefaultValue, definition.Documentation)),
            Lines.SkipWhile(line => !line.StartsWith("Kafka's own broker settings", StringComparison.Ordinal))
                .SkipWhile(line => !line.StartsWith("| `", StringComparison.Ordinal))
                .TakeWhile(line => line.StartsWith("| `", StringComparison.Ordinal)));

    [Fact]
    public void The_start_up_text_is_the_server_s() =>
        Assert.Contains($"GrainStream {ProductVersion.Text}", Lines);

    private static string Row(string name, string standard, string meaning) =>
        $"| `{name}` | {(standard.Length == 0 ? "" : $"`{standard}`")} | {meaning} |";

    private static IEnumerable<string> RowsOf(string start) => Lines.Where(line => line.StartsWith("| " + start, StringComparison.Ordinal));
}
