using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.TestKit;

namespace GrainStream.Gateway.Tests.Connections;

public sealed class OrderTests
{
    [Fact]
    public async Task Requests_that_complete_in_any_order_are_answered_in_theirs()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync([.. Enumerable.Range(0, 50).SelectMany(number => TestClient.Echo(number))]);
        await Eventually.HoldsAsync("all requests are dispatched", () => gateway.Echo.Held.Count == 50);
        var held = gateway.Echo.Held.ToArray();
        new Random(1).Shuffle(held);
        await Task.WhenAll(held.Chunk(10).Select(part => Task.Run(() =>
        {
            foreach ((EchoRequest request, RequestContext<EchoResponse> context) in part)
            {
                context.Complete(new EchoResponse { Number = request.Number });
            }
        })));
        for (int number = 0; number < 50; number++)
        {
            Assert.Equal(number, await client.ReceiveEchoAsync());
        }
    }

    [Fact]
    public async Task The_oldest_answer_does_not_wait_for_a_later_request()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync(TestClient.Echo(1), TestClient.Echo(2));
        await Eventually.HoldsAsync("both requests are dispatched", () => gateway.Echo.Held.Count == 2);
        gateway.Echo.Held.TryDequeue(out var first);
        first.Context.Complete(new EchoResponse { Number = 1 });
        Assert.Equal(1, await client.ReceiveEchoAsync());
    }

    [Fact]
    public async Task An_answer_is_not_held_back_by_a_later_request_that_is_slow_to_dispatch()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        var slow = new TaskCompletionSource();
        gateway.Echo.OnDispatch = async (request, context) =>
        {
            await (request.Number == 2 ? slow.Task : Task.CompletedTask);
            context.Complete(new EchoResponse { Number = request.Number });
        };
        await client.SendAsync([.. TestClient.Echo(1), .. TestClient.Echo(2), .. TestClient.Echo(3)]);
        Assert.Equal(1, await client.ReceiveEchoAsync());
        slow.SetResult();
        Assert.Equal((2, 3), (await client.ReceiveEchoAsync(), await client.ReceiveEchoAsync()));
    }

    [Fact]
    public async Task A_request_without_an_answer_keeps_the_order_of_the_others()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync(TestClient.Echo(1), TestClient.Echo(2), TestClient.Echo(3));
        await Eventually.HoldsAsync("all requests are dispatched", () => gateway.Echo.Held.Count == 3);
        var held = gateway.Echo.Held.ToArray();
        held[2].Context.Complete(new EchoResponse { Number = 3 });
        held[1].Context.CompleteWithoutResponse();
        held[0].Context.Complete(new EchoResponse { Number = 1 });
        Assert.Equal((1, 3), (await client.ReceiveEchoAsync(), await client.ReceiveEchoAsync()));
    }

    [Fact]
    public async Task A_request_is_completed_once()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync(TestClient.Echo(1));
        await Eventually.HoldsAsync("the request is dispatched", () => gateway.Echo.Held.Count == 1);
        gateway.Echo.Held.TryDequeue(out var held);
        held.Context.Complete(new EchoResponse { Number = 1 });
        Assert.Throws<InvalidOperationException>(() => held.Context.Complete(new EchoResponse { Number = 1 }));
        Assert.Equal(1, await client.ReceiveEchoAsync());
    }

    [Fact]
    public async Task Answers_with_records_are_sent_whole_and_let_go()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { WriteBufferBytes = 65_536 });
        using TestClient client = await gateway.ConnectAsync();
        BytesPayload[] payloads = [new(5_000_000), new(0), new(17)];
        gateway.Echo.OnDispatch = (request, context) =>
        {
            BytesPayload payload = payloads[request.Number];
            context.Complete(new EchoResponse { Number = request.Number, Records = payload }, payload);
            return ValueTask.CompletedTask;
        };
        await client.SendAsync(TestClient.Echo(0), TestClient.Echo(1), TestClient.Echo(2));
        foreach (BytesPayload payload in payloads)
        {
            (_, EchoResponse response) = await client.ReceiveAsync<EchoResponse>(1);
            Assert.Equal(BytesPayload.Expected(payload.Length), response.RecordBytes);
        }

        await Eventually.HoldsAsync("all payloads are let go", () => payloads.All(payload => payload.Disposals == 1));
    }

    [Fact]
    public async Task A_payload_of_another_length_than_announced_closes_the_connection()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        var payload = new BytesPayload(1_000) { SentLength = 999 };
        gateway.Echo.OnDispatch = (request, context) =>
        {
            context.Complete(new EchoResponse { Records = payload }, payload);
            return ValueTask.CompletedTask;
        };
        await client.SendAsync(TestClient.Echo(1));
        await client.DrainAsync();
        Assert.Equal(1, payload.Disposals);
        Assert.True(gateway.Log.Says("InternalError"));
    }

    [Fact]
    public async Task Answers_that_come_after_the_client_has_gone_are_let_go()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync(TestClient.Echo(1), TestClient.Echo(2));
        await Eventually.HoldsAsync("both requests are dispatched", () => gateway.Echo.Held.Count == 2);
        var held = gateway.Echo.Held.ToArray();
        var behind = new BytesPayload(10);
        held[1].Context.Complete(new EchoResponse { Records = behind }, behind);
        client.Reset();
        await Eventually.HoldsAsync("the handlers are told", () => held[0].Context.Cancellation.IsCancellationRequested);
        gateway.Clock.Advance(new GatewayOptions().DrainTimeout);
        await Eventually.HoldsAsync("the connection is over", () => gateway.OpenConnections == 0);
        var late = new BytesPayload(10);
        held[0].Context.Complete(new EchoResponse { Records = late }, late);
        Assert.Equal((1, 1), (behind.Disposals, late.Disposals));
    }

    [Fact]
    public async Task A_client_that_has_finished_sending_still_gets_its_answers()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        await client.SendAsync(TestClient.Echo(1));
        client.FinishSending();
        await Eventually.HoldsAsync("the request is dispatched", () => gateway.Echo.Held.Count == 1);
        gateway.Echo.Held.TryDequeue(out var held);
        held.Context.Complete(new EchoResponse { Number = 1 });
        Assert.Equal(1, await client.ReceiveEchoAsync());
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task A_node_that_stops_answers_what_is_in_flight()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        gateway.Echo.OnDispatch = (request, context) =>
        {
            context.Cancellation.Register(() => context.Complete(new EchoResponse { Number = request.Number }));
            return ValueTask.CompletedTask;
        };
        await client.SendAsync(TestClient.Echo(1));
        await Eventually.HoldsAsync("the request is dispatched", () => gateway.Echo.Dispatched == 1);
        await gateway.StopAsync();
        Assert.Equal(1, await client.ReceiveEchoAsync());
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task A_handler_that_throws_answers_with_its_error_and_disturbs_no_other_request()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        gateway.Echo.OnDispatch = async (request, context) =>
        {
            await Task.Yield();
            if (request.Number == 2)
            {
                throw new InvalidOperationException("on purpose");
            }

            context.Complete(new EchoResponse { Number = request.Number });
        };
        await client.SendAsync(TestClient.Echo(1), TestClient.Echo(2), TestClient.Echo(3));
        Assert.Equal(ErrorCode.None, (await client.ReceiveAsync<EchoResponse>(1)).Response.Error);
        Assert.Equal(ErrorCode.UnknownServerError, (await client.ReceiveAsync<EchoResponse>(1)).Response.Error);
        Assert.Equal(ErrorCode.None, (await client.ReceiveAsync<EchoResponse>(1)).Response.Error);
        Assert.True(gateway.Log.Says("PushTelemetry", "version 1", "failed"));
    }

    [Fact]
    public async Task A_handler_that_throws_and_has_no_error_answer_closes_its_connection_after_the_earlier_answers()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        gateway.Echo.OnError = (_, _) => null;
        gateway.Echo.OnDispatch = (request, context) => request.Number == 2
            ? throw new InvalidOperationException("on purpose")
            : EchoHandler.AnswerAtOnce(request, context);
        await client.SendAsync([.. TestClient.Echo(1), .. TestClient.Echo(2), .. TestClient.Echo(3)]);
        Assert.Equal(1, await client.ReceiveEchoAsync());
        Assert.True(await client.IsClosedAsync());
    }
}
