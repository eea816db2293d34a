using System.Buffers.Binary;
using GrainStream.Protocol;
using GrainStream.TestKit;

namespace GrainStream.Gateway.Tests.Connections;

public sealed class DispatchTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(1000)]
    [InlineData(-1)]
    [InlineData(short.MinValue)]
    public async Task A_request_for_an_api_that_is_not_served_closes_that_connection_alone(short key)
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Echo.OnDispatch = EchoHandler.AnswerAtOnce;
        using TestClient good = await gateway.ConnectAsync();
        using TestClient bad = await gateway.ConnectAsync();
        byte[] frame = TestClient.Echo(1);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(4), key);
        await bad.SendAsync(frame);
        Assert.True(await bad.IsClosedAsync());
        await good.SendAsync(TestClient.Echo(2));
        Assert.Equal(2, await good.ReceiveEchoAsync());
        Assert.True(gateway.Log.Says("UnsupportedApi", $"key {key}"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(-1)]
    public async Task A_request_of_a_version_that_is_not_served_closes_that_connection_with_the_versions_that_are(short version)
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Echo.OnDispatch = EchoHandler.AnswerAtOnce;
        using TestClient client = await gateway.ConnectAsync();
        byte[] frame = TestClient.Echo(2);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(6), version);
        await client.SendAsync([.. TestClient.Echo(1), .. frame]);
        Assert.Equal(1, await client.ReceiveEchoAsync());
        Assert.True(await client.IsClosedAsync());
        Assert.True(gateway.Log.Says("UnsupportedVersion", nameof(ApiKey.PushTelemetry), "1 to 2", $"not {version}"));
    }

    [Fact]
    public async Task The_log_of_a_closed_connection_never_holds_what_the_client_sent()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        byte[] frame = TestClient.Echo(1, bytes: 30);
        "topsecret"u8.CopyTo(frame.AsSpan(frame.Length - 20));
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(frame.Length - 34), 1_000);
        await client.SendAsync(frame);
        Assert.True(await client.IsClosedAsync());
        await Eventually.HoldsAsync("the reason is logged", () => gateway.Log.Says("MalformedRequest"));
        Assert.DoesNotContain(gateway.Log.Lines, line => line.Line.Contains("secret", StringComparison.Ordinal));
    }
}
