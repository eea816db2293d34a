using System.Text.Json;
using GrainStream.TestKit;

namespace GrainStream.Cli.Tests;

public sealed class RecordTests(CliServer server) : IClassFixture<CliServer>
{
    [Fact]
    public async Task Lines_are_produced_and_consumed()
    {
        (await server.RunAsync("topic", "create", "lines", "-p", "1")).Required();
        ClientResult sent = await server.PipeAsync("a:1\nb:two words\nc:\n", "produce", "lines", "--key-separator", ":", "--header", "from=test");
        Assert.StartsWith("Sent 3 records to lines, partition 0, offset 0 to 2", sent.Required().Text, StringComparison.Ordinal);

        Assert.Equal("1\ntwo words\n\n", (await server.RunAsync("consume", "lines")).Required().Text);
        Assert.Equal("a=1 0\n", (await server.RunAsync("consume", "lines", "--format", "{key}={value} {offset}", "--count", "1")).Required().Text);
        Assert.Equal("test\ttwo words\n", (await server.RunAsync("consume", "lines", "-o", "1", "-n", "1", "--format", @"{header:from}\t{value}")).Required().Text);
        Assert.Equal("c\n", (await server.RunAsync("consume", "lines", "--offset", "-1", "--format", "{key}")).Required().Text);
    }

    [Fact]
    public async Task What_consume_prints_as_JSON_produce_takes_in_again()
    {
        (await server.RunAsync("topic", "create", "one", "-p", "1")).Required();
        (await server.RunAsync("topic", "create", "copy", "-p", "1")).Required();
        (await server.RunAsync("produce", "one", "--value", "ümläut \"quoted\"", "--key", "k", "-H", "h=1")).Required();
        (await server.RunAsync("produce", "one", "--value", "NULL", "--null-value", "NULL")).Required();
        string lines = (await server.RunAsync("consume", "one", "--json")).Required().Text;
        JsonElement first = JsonDocument.Parse(lines.Split('\n')[0]).RootElement;
        Assert.Equal(("one", 0, 0L), (first.GetProperty("topic").GetString(), first.GetProperty("partition").GetInt32(), first.GetProperty("offset").GetInt64()));
        Assert.Equal(("k", "ümläut \"quoted\""), (first.GetProperty("key").GetString(), first.GetProperty("value").GetString()));
        JsonElement second = JsonDocument.Parse(lines.Split('\n')[1]).RootElement;
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (second.GetProperty("key").ValueKind, second.GetProperty("value").ValueKind));

        (await server.PipeAsync(lines, "produce", "copy", "--input-format", "json")).Required();
        string copied = (await server.RunAsync("consume", "copy", "--json")).Required().Text;
        Assert.Equal(lines.Replace("\"topic\":\"one\"", "\"topic\":\"copy\"", StringComparison.Ordinal), copied);
    }

    [Fact]
    public async Task A_line_without_a_key_is_told_by_its_number_and_those_before_it_are_sent()
    {
        (await server.RunAsync("topic", "create", "keyed", "-p", "1")).Required();
        ClientResult run = await server.PipeAsync("a:1\nno key\n", "produce", "keyed", "-K", ":");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Line 2 has no \":\"", run.Errors, StringComparison.Ordinal);
        Assert.Equal("1\n", (await server.RunAsync("consume", "keyed")).Required().Text);
    }

    [Fact]
    public async Task A_group_goes_on_where_it_stopped()
    {
        (await server.RunAsync("topic", "create", "grouped", "-p", "2")).Required();
        (await server.PipeAsync("1\n2\n3\n", "produce", "grouped")).Required();
        string first = (await server.RunAsync("consume", "grouped", "--group", "readers")).Required().Text;
        Assert.Equal(["1", "2", "3"], first.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        (await server.PipeAsync("4\n", "produce", "grouped")).Required();
        Assert.Equal("4\n", (await server.RunAsync("consume", "grouped", "--group", "readers", "--group-protocol", "classic")).Required().Text);
        Assert.Equal("", (await server.RunAsync("consume", "grouped", "--group", "readers")).Required().Text);
    }

    [Fact]
    public async Task A_reader_that_has_enough_ends_a_consumer_that_follows()
    {
        (await server.RunAsync("topic", "create", "endless", "-p", "1")).Required();
        (await server.PipeAsync(string.Concat(Enumerable.Repeat("line\n", 5000)), "produce", "endless")).Required();
        string command = $"dotnet exec '{Path.Combine(AppContext.BaseDirectory, "grainstream.dll")}' consume endless --from-beginning -b {server.Bootstrap} | head -n 2";
        ClientResult run = await ClientProcess.RunAsync("bash", ["-o", "pipefail", "-c", command]);
        Assert.Equal((0, "line\nline\n", ""), (run.ExitCode, run.Text, run.Errors));
    }

    [Fact]
    public async Task A_measurement_is_one_JSON_document()
    {
        (await server.RunAsync("topic", "create", "load", "-p", "2")).Required();
        JsonElement produced = await server.JsonAsync("bench", "produce", "load", "-n", "2000", "-s", "100", "-z", "gzip");
        Assert.Equal((2000, 200_000), (produced.GetProperty("records").GetInt32(), produced.GetProperty("bytes").GetInt32()));
        Assert.True(produced.GetProperty("latencyMs").GetProperty("p50").GetDouble() <= produced.GetProperty("latencyMs").GetProperty("p99").GetDouble());
        JsonElement consumed = await server.JsonAsync("bench", "consume", "load", "-n", "1000");
        Assert.Equal(1000, consumed.GetProperty("records").GetInt32());
    }
}
