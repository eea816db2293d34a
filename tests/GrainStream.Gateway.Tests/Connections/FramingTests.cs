using System.Buffers.Binary;
using System.Text;
using GrainStream.TestKit;

namespace GrainStream.Gateway.Tests.Connections;

public sealed class FramingTests
{
    [Fact]
    public async Task A_frame_that_comes_byte_by_byte_is_served()
    {
        await using TestGateway gateway = await StartEchoingAsync();
        using TestClient client = await gateway.ConnectAsync();
        foreach (byte value in TestClient.Echo(7, bytes: 20))
        {
            await client.SendAsync([value]);
        }

        Assert.Equal(7, await client.ReceiveEchoAsync());
    }

    [Fact]
    public async Task Several_frames_in_one_packet_are_each_served()
    {
        await using TestGateway gateway = await StartEchoingAsync();
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync([.. Enumerable.Range(0, 100).SelectMany(number => TestClient.Echo(number, bytes: number))]);
        for (int number = 0; number < 100; number++)
        {
            Assert.Equal(number, await client.ReceiveEchoAsync());
        }
    }

    [Fact]
    public async Task A_frame_far_larger_than_the_read_buffer_is_served()
    {
        await using TestGateway gateway = await StartEchoingAsync(new GatewayOptions { ReadBufferBytes = 8_192, BlockBytes = 4_096 });
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync([.. TestClient.Echo(1, bytes: 3_000_000), .. TestClient.Echo(2), .. TestClient.Echo(3, bytes: 100_000)]);
        Assert.Equal((1, 2, 3), (await client.ReceiveEchoAsync(), await client.ReceiveEchoAsync(), await client.ReceiveEchoAsync()));
    }

    [Fact]
    public async Task Large_frames_wait_for_their_share_of_the_request_memory()
    {
        var options = new GatewayOptions { ReadBufferBytes = 4_096, MaxRequestBytes = 1_000_000, QueuedMaxRequestBytes = 1_000_000 };
        await using TestGateway gateway = await StartEchoingAsync(options);
        using TestClient first = await gateway.ConnectAsync();
        using TestClient second = await gateway.ConnectAsync();
        byte[] frame = TestClient.Echo(1, bytes: 900_000);
        await first.SendAsync(frame[..500_000]);
        await second.SendAsync(frame[..100]);
        Task rest = second.SendAsync(frame[100..]);
        await first.SendAsync(frame[500_000..]);
        Assert.Equal(1, await first.ReceiveEchoAsync());
        await rest;
        Assert.Equal(1, await second.ReceiveEchoAsync());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(1_000_001)]
    [InlineData(int.MaxValue)]
    public async Task A_length_that_cannot_be_a_requests_closes_that_connection_alone(int length)
    {
        await using TestGateway gateway = await StartEchoingAsync(new GatewayOptions { MaxRequestBytes = 1_000_000 });
        using TestClient good = await gateway.ConnectAsync();
        using TestClient bad = await gateway.ConnectAsync();
        byte[] frame = new byte[64];
        BinaryPrimitives.WriteInt32BigEndian(frame, length);
        await bad.SendAsync(frame);
        Assert.True(await bad.IsClosedAsync());
        await good.SendAsync(TestClient.Echo(5));
        Assert.Equal(5, await good.ReceiveEchoAsync());
        Assert.True(gateway.Log.Says("InvalidFrameLength", length.ToString(System.Globalization.CultureInfo.InvariantCulture), "127.0.0.1"));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001", "TLS")]
    public async Task The_log_names_a_client_of_another_protocol(string bytes, string protocol)
    {
        await using TestGateway gateway = await StartEchoingAsync();
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync(Encoding.Latin1.GetBytes(bytes));
        Assert.True(await client.IsClosedAsync());
        Assert.True(gateway.Log.Says("InvalidFrameLength", protocol));
    }

    [Fact]
    public async Task The_largest_frame_allowed_is_served()
    {
        await using TestGateway gateway = await StartEchoingAsync(new GatewayOptions { MaxRequestBytes = 100_000 });
        using TestClient client = await gateway.ConnectAsync();
        int overhead = TestClient.Echo(1).Length - sizeof(int);
        await client.SendAsync(TestClient.Echo(1, bytes: 100_000 - overhead));
        Assert.Equal(1, await client.ReceiveEchoAsync());
        await client.SendAsync(TestClient.Echo(2, bytes: 100_001 - overhead));
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task A_frame_too_large_for_its_api_closes_the_connection()
    {
        await using TestGateway gateway = await StartEchoingAsync();
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync(TestClient.Echo(1, bytes: gateway.Echo.MaxFrameBytes));
        Assert.True(await client.IsClosedAsync());
        Assert.True(gateway.Log.Says("InvalidFrameLength", "PushTelemetry"));
    }

    [Fact]
    public async Task A_frame_that_ends_with_the_connection_is_reported()
    {
        await using TestGateway gateway = await StartEchoingAsync();
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync(TestClient.Echo(1, bytes: 100)[..50]);
        client.FinishSending();
        Assert.True(await client.IsClosedAsync());
        Assert.True(gateway.Log.Says("TruncatedFrame", "50 bytes"));
    }

    [Fact]
    public async Task A_body_that_does_not_decode_closes_the_connection()
    {
        await using TestGateway gateway = await StartEchoingAsync();
        using TestClient client = await gateway.ConnectAsync();
        byte[] frame = TestClient.Echo(1, bytes: 4);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(frame.Length - 8), 1_000_000_000);
        await client.SendAsync(frame);
        Assert.True(await client.IsClosedAsync());
        Assert.True(gateway.Log.Says("MalformedRequest"));
    }

    private static async Task<TestGateway> StartEchoingAsync(GatewayOptions? options = null)
    {
        TestGateway gateway = await TestGateway.StartAsync(options);
        gateway.Echo.OnDispatch = EchoHandler.AnswerAtOnce;
        return gateway;
    }
}
