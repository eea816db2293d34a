using GrainStream.Gateway.Requests;
using GrainStream.TestKit;

namespace GrainStream.Gateway.Tests.Connections;

public sealed class StallTests
{
    private static readonly GatewayOptions Defaults = new();
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_client_that_stalls_within_a_frame_is_closed()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Echo.OnDispatch = EchoHandler.AnswerAtOnce;
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync(TestClient.Echo(1), TestClient.Echo(2, bytes: 1_000)[..500]);
        Assert.Equal(1, await client.ReceiveEchoAsync());
        await AdvanceUntilClosedAsync(gateway, Defaults.FrameTimeout);
        Assert.True(await client.IsClosedAsync());
        Assert.True(gateway.Log.Says("StalledRequest", "127.0.0.1"));
    }

    [Fact]
    public async Task A_client_that_stalls_within_a_frames_length_is_closed()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync([0, 0]);
        await AdvanceUntilClosedAsync(gateway, Defaults.FrameTimeout);
        Assert.True(await client.IsClosedAsync());
        Assert.True(gateway.Log.Says("StalledRequest"));
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_responses_is_closed_and_holds_little_memory_until_then()
    {
        var options = new GatewayOptions { WriteBufferBytes = 65_536, ReadBufferBytes = 65_536 };
        await using TestGateway gateway = await TestGateway.StartAsync(options);
        int sent = 0;
        int released = 0;
        gateway.Echo.OnDispatch = (request, context) =>
        {
            Interlocked.Increment(ref sent);
            var payload = new BytesPayload(1_000_000);
            context.Complete(new EchoResponse { Number = request.Number, Records = payload }, new Releasing(() => Interlocked.Increment(ref released)));
            return ValueTask.CompletedTask;
        };
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync([.. Enumerable.Range(0, 1_000).SelectMany(number => TestClient.Echo(number))]);
        await AdvanceUntilClosedAsync(gateway, Defaults.FlushTimeout);
        Assert.True(gateway.Log.Says("StalledResponse", "127.0.0.1"));
        // What the kernel takes on the loopback, a few megabytes, and no request beyond the one that stalls.
        Assert.InRange(sent, 1, 50);
        await Eventually.HoldsAsync("what was not sent is let go", () => Volatile.Read(ref released) == sent);
    }

    [Fact]
    public async Task The_socket_of_an_ended_connection_is_closed_even_if_the_client_never_reads_what_was_sent()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { WriteBufferBytes = 64_000_000 });
        gateway.Echo.OnDispatch = (request, context) =>
        {
            context.Complete(new EchoResponse { Number = request.Number, Records = new BytesPayload(30_000_000) });
            return ValueTask.CompletedTask;
        };
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync(TestClient.Echo(1));
        await AdvanceUntilClosedAsync(gateway, IdleTimeout);
        Assert.False(client.IsRefusedSending());
        gateway.Clock.Advance(Defaults.DrainTimeout);
        await Eventually.HoldsAsync("the socket is closed", client.IsRefusedSending);
    }

    [Fact]
    public async Task A_client_that_reads_late_is_served()
    {
        var options = new GatewayOptions { WriteBufferBytes = 65_536 };
        await using TestGateway gateway = await TestGateway.StartAsync(options);
        gateway.Echo.OnDispatch = (request, context) =>
        {
            context.Complete(new EchoResponse { Number = request.Number, Records = new BytesPayload(1_000_000) });
            return ValueTask.CompletedTask;
        };
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync([.. Enumerable.Range(0, 100).SelectMany(number => TestClient.Echo(number))]);
        gateway.Clock.Advance(Defaults.FlushTimeout / 2);
        for (int number = 0; number < 100; number++)
        {
            Assert.Equal(number, (await client.ReceiveAsync<EchoResponse>(1)).Response.Number);
        }
    }

    [Fact]
    public async Task An_idle_connection_is_closed_after_its_time()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Echo.OnDispatch = EchoHandler.AnswerAtOnce;
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync(TestClient.Echo(1));
        Assert.Equal(1, await client.ReceiveEchoAsync());
        gateway.Clock.Advance(IdleTimeout - TimeSpan.FromSeconds(2));
        await client.SendAsync(TestClient.Echo(2));
        Assert.Equal(2, await client.ReceiveEchoAsync());
        gateway.Clock.Advance(IdleTimeout - TimeSpan.FromSeconds(2));
        Assert.Equal(1, gateway.OpenConnections);
        await AdvanceUntilClosedAsync(gateway, TimeSpan.FromSeconds(4));
        Assert.True(await client.IsClosedAsync());
        Assert.True(gateway.Log.Says("Idle", "connections.max.idle.ms"));
    }

    [Fact]
    public async Task A_connection_with_a_request_in_flight_is_not_idle()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync(TestClient.Echo(1));
        await Eventually.HoldsAsync("the request is dispatched", () => gateway.Echo.Held.Count == 1);
        gateway.Clock.Advance(2 * IdleTimeout);
        gateway.Echo.Held.TryDequeue(out var held);
        held.Context.Complete(new EchoResponse { Number = 1 });
        Assert.Equal(1, await client.ReceiveEchoAsync());
        gateway.Clock.Advance(IdleTimeout / 2);
        Assert.Equal(1, gateway.OpenConnections);
    }

    [Fact]
    public async Task A_large_frame_has_more_time()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Echo.OnDispatch = EchoHandler.AnswerAtOnce;
        using TestClient client = await gateway.ConnectAsync();
        byte[] frame = TestClient.Echo(1, bytes: 100 * Defaults.MinimumReceiveRate);
        await client.SendAsync(frame[..^1]);
        await Eventually.HoldsAsync("the connection is open", () => gateway.OpenConnections == 1);
        gateway.Clock.Advance(Defaults.FrameTimeout + TimeSpan.FromSeconds(50));
        await client.SendAsync(frame[^1..]);
        Assert.Equal(1, await client.ReceiveEchoAsync());
    }

    /// <summary>Moves the clock, in steps of the sweep, by as much as it takes, but not before the gateway waits.</summary>
    private static async Task AdvanceUntilClosedAsync(TestGateway gateway, TimeSpan atLeast)
    {
        await Eventually.HoldsAsync("the connection is open", () => gateway.OpenConnections == 1);
        DateTimeOffset started = gateway.Clock.GetUtcNow();
        await Eventually.HoldsAsync("the connection is closed", () =>
        {
            gateway.Clock.Advance(TimeSpan.FromSeconds(1));
            return gateway.OpenConnections == 0;
        });
        Assert.True(gateway.Clock.GetUtcNow() - started >= atLeast - TimeSpan.FromSeconds(2));
    }

    private sealed class Releasing(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
