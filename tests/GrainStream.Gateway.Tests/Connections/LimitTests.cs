using System.Net.Sockets;
using GrainStream.Gateway.Connections;
using GrainStream.Gateway.Requests;
using GrainStream.TestKit;

namespace GrainStream.Gateway.Tests.Connections;

public sealed class LimitTests
{
    [Fact]
    public async Task No_more_requests_are_dispatched_than_may_be_in_flight()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { MaxInFlightRequests = 3 });
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync([.. Enumerable.Range(0, 10).SelectMany(number => TestClient.Echo(number))]);
        for (int number = 0; number < 10; number++)
        {
            int expected = Math.Min(10, number + 3);
            await Eventually.HoldsAsync($"{expected} requests are dispatched", () => gateway.Echo.Dispatched >= expected);
            Assert.Equal(expected, gateway.Echo.Dispatched);
            gateway.Echo.Held.TryDequeue(out var held);
            held.Context.Complete(new EchoResponse { Number = held.Request.Number });
            Assert.Equal(number, await client.ReceiveEchoAsync());
        }
    }

    [Fact]
    public async Task No_more_request_bytes_are_dispatched_than_may_be_in_flight_but_always_one_request()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { MaxInFlightBytes = 1_000 });
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync([.. TestClient.Echo(1, bytes: 50_000), .. TestClient.Echo(2)]);
        await Eventually.HoldsAsync("the large request is dispatched", () => gateway.Echo.Held.Count == 1);
        gateway.Echo.Held.TryDequeue(out var held);
        Assert.Equal(1, gateway.Echo.Dispatched);
        held.Context.Complete(new EchoResponse { Number = 1 });
        Assert.Equal(1, await client.ReceiveEchoAsync());
        await Eventually.HoldsAsync("the next request is dispatched", () => gateway.Echo.Dispatched == 2);
    }

    [Fact]
    public async Task A_client_at_the_limit_is_not_read_from()
    {
        var options = new GatewayOptions { MaxInFlightRequests = 1, ReadBufferBytes = 65_536 };
        await using TestGateway gateway = await TestGateway.StartAsync(options);
        using TestClient client = await gateway.ConnectAsync();
        byte[] frames = [.. Enumerable.Range(0, 2_000).SelectMany(number => TestClient.Echo(number, bytes: 50_000))];
        int taken = client.SendWhatFits(frames);
        Assert.InRange(taken, 0, frames.Length / 2);
        await Eventually.HoldsAsync("the first request is dispatched", () => gateway.Echo.Dispatched == 1);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_refused_with_a_log_line_until_one_ends()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { MaxConnections = 2 });
        gateway.Echo.OnDispatch = EchoHandler.AnswerAtOnce;
        using TestClient first = await gateway.ConnectAsync();
        TestClient second = await gateway.ConnectAsync();
        await Eventually.HoldsAsync("two connections are open", () => gateway.OpenConnections == 2);
        Assert.True(await IsRefusedAsync(gateway));
        Assert.True(gateway.Log.Says("Refusing", "127.0.0.1", "max.connections"));
        second.Dispose();
        await Eventually.HoldsAsync("the second connection has ended", () => gateway.OpenConnections == 1);
        using TestClient fourth = await gateway.ConnectAsync();
        await fourth.SendAsync(TestClient.Echo(4));
        Assert.Equal(4, await fourth.ReceiveEchoAsync());
    }

    private static async Task<bool> IsRefusedAsync(TestGateway gateway)
    {
        try
        {
            using TestClient client = await gateway.ConnectAsync();
            return await client.IsClosedAsync();
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            // It was closed before the connect was even reported.
            return true;
        }
    }

    [Fact]
    public async Task Reserved_request_memory_is_given_first_come_first_served()
    {
        var memory = new RequestMemory(100);
        await memory.ReserveAsync(60, default);
        Task large = memory.ReserveAsync(80, default);
        Task small = memory.ReserveAsync(10, default);
        Assert.False(large.IsCompleted || small.IsCompleted);
        memory.Release(60);
        await Eventually.CompletesAsync("both are admitted", Task.WhenAll(large, small));
        Assert.Equal(90, memory.ReservedBytes);
    }

    [Fact]
    public async Task A_cancelled_wait_for_request_memory_lets_the_next_one_through()
    {
        var memory = new RequestMemory(100);
        await memory.ReserveAsync(60, default);
        using var gone = new CancellationTokenSource();
        Task large = memory.ReserveAsync(80, gone.Token);
        Task small = memory.ReserveAsync(10, default);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        await Eventually.CompletesAsync("the small one is admitted", small);
        Assert.Equal(70, memory.ReservedBytes);
    }

    [Fact]
    public void Options_out_of_range_are_refused_with_advice()
    {
        var options = new GatewayOptions { QueuedMaxRequestBytes = 1_000 };
        ArgumentException refusal = Assert.Throws<ArgumentException>(options.Validate);
        Assert.Contains("QueuedMaxRequestBytes", refusal.Message);
        Assert.Contains("MaxRequestBytes", refusal.Message);
    }
}
