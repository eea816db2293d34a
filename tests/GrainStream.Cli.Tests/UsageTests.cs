using System.Net;
using System.Net.Sockets;
using GrainStream.TestKit;

namespace GrainStream.Cli.Tests;

/// <summary>What people see before anything works.</summary>
public sealed class UsageTests
{
    [Fact]
    public async Task Help_names_all_commands_and_exit_statuses()
    {
        ClientResult help = (await CliProcess.RunAsync("--help")).Required();
        Assert.All(new[] { "topic", "produce", "consume", "group", "bench", "log", "completion", "Exit status" }, word => Assert.Contains(word, help.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("topic", "creat")]
    [InlineData("consume")]
    [InlineData("consume", "t", "--from-beginning", "--offset", "3")]
    [InlineData("consume", "t", "--group", "g", "--offset", "3")]
    [InlineData("consume", "t", "--format", "{nonsense}")]
    [InlineData("consume", "t", "--from-timestamp", "soon")]
    [InlineData("produce", "t", "--acks", "2")]
    [InlineData("produce", "t", "--key", "k", "--key-separator", ":")]
    [InlineData("group", "reset-offsets", "g")]
    [InlineData("group", "reset-offsets", "g", "--to-latest", "--to-earliest")]
    [InlineData("group", "reset-offsets", "g", "--to-latest", "--dry-run", "--execute")]
    [InlineData("topic", "alter", "t")]
    [InlineData("topic", "create", "t", "--partitions", "0")]
    [InlineData("bench", "produce", "t", "--records", "many")]
    [InlineData("topic", "list", "-b", "a:b:c:d/e")]
    public async Task A_wrong_command_line_ends_with_2_and_says_why(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter errors = new();
        Assert.Equal((int)ExitCode.Usage, await CommandTree.RunAsync(arguments, output, errors));
        Assert.NotEqual("", errors.ToString().Trim());
    }

    [Fact]
    public async Task A_broker_that_is_not_there_ends_with_5_and_says_what_to_check()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int free = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        ClientResult run = await CliProcess.RunAsync("topic", "list", "-b", $"127.0.0.1:{free}");
        Assert.Equal(5, run.ExitCode);
        Assert.Contains("nothing listens there", run.Errors, StringComparison.Ordinal);
        Assert.Contains("--bootstrap-server", run.Errors, StringComparison.Ordinal);
        Assert.Equal("", run.Text);
    }

    [Fact]
    public async Task Something_that_is_no_broker_is_told()
    {
        using TcpListener web = new(IPAddress.Loopback, 0);
        web.Start();
        Task answer = AnswerAsync(web);
        ClientResult run = await CliProcess.RunAsync("topic", "list", "-b", $"127.0.0.1:{((IPEndPoint)web.LocalEndpoint).Port}");
        await answer;
        Assert.Equal(5, run.ExitCode);
        Assert.Contains("is it a Kafka broker", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_are_completed()
    {
        ClientResult run = (await CliProcess.RunAsync("[suggest:12]", "grainstream to")).Required();
        Assert.Contains("topic", run.Text, StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(TcpListener web)
    {
        using TcpClient client = await web.AcceptTcpClientAsync();
        await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        byte[] rest = new byte[256];
        while (await client.GetStream().ReadAsync(rest) > 0 && client.Connected)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }
    }
}
