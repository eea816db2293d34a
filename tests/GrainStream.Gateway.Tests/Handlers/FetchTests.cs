using GrainStream.Gateway.Tests.Connections;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using static GrainStream.Gateway.Tests.Handlers.RecordCalls;

namespace GrainStream.Gateway.Tests.Handlers;

public sealed class FetchTests
{
    [Fact]
    public async Task A_fetch_waits_for_records_and_is_woken_by_them()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        using TestClient reader = await broker.Gateway.ConnectAsync();

        // The clock stands still: only the record can end the wait.
        Task<FetchResponse> waiting = reader.CallAsync<FetchRequest, FetchResponse>(12, FetchRequest("orders", 0, minBytes: 1, maxWaitMs: 1_000));
        await broker.Client.ProduceAsync("orders", Batch("a"));
        Assert.Equal(["0:a"], Values((await waiting).Responses[0].Partitions[0]));
    }

    [Fact]
    public async Task A_fetch_whose_time_is_up_is_answered_with_what_there_is()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        await broker.Client.ProduceAsync("orders", Batch("a"));
        using TestClient reader = await broker.Gateway.ConnectAsync();
        Task<FetchResponse> waiting = reader.CallAsync<FetchRequest, FetchResponse>(
            12, FetchRequest("orders", 0, minBytes: 10_000, maxWaitMs: 1_000));
        await TestKit.Eventually.HoldsAsync("the fetch is answered when the clock reaches its limit", () =>
        {
            broker.Gateway.Clock.Advance(TimeSpan.FromMilliseconds(500));
            return waiting.IsCompleted;
        });
        Assert.Equal(["0:a"], Values((await waiting).Responses[0].Partitions[0]));
    }

    [Fact]
    public async Task A_waiting_fetch_ends_when_its_topic_is_deleted()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        using TestClient reader = await broker.Gateway.ConnectAsync();
        Task<FetchResponse> waiting = reader.CallAsync<FetchRequest, FetchResponse>(12, FetchRequest("orders", 0, minBytes: 1, maxWaitMs: 1_000));
        await broker.Client.CallAsync<DeleteTopicsRequest, DeleteTopicsResponse>(1, new DeleteTopicsRequest { TopicNames = ["orders"] });
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await waiting).Responses[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public async Task An_offset_out_of_range_is_answered_at_once(long offset)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        await broker.Client.ProduceAsync("orders", Batch("a"));
        FetchResponse response = await broker.Client.CallAsync<FetchRequest, FetchResponse>(
            12, FetchRequest("orders", offset, minBytes: 1, maxWaitMs: 1_000));
        Assert.Equal(ErrorCode.OffsetOutOfRange, response.Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Limits_hold_over_partitions_but_the_first_batch_is_always_given()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders", 2);
        await broker.Client.ProduceAsync("orders", Batch(new string('x', 1000)), partition: 0);
        await broker.Client.ProduceAsync("orders", Batch(new string('y', 1000)), partition: 1);
        FetchRequest request = FetchRequest("orders", 0, maxBytes: 100);
        request.Topics[0].Partitions = [request.Topics[0].Partitions[0], new() { Partition = 1, PartitionMaxBytes = 100 }];
        FetchResponse response = await broker.Client.CallAsync<FetchRequest, FetchResponse>(12, request);
        Assert.Single(Values(response.Responses[0].Partitions[0]));
        Assert.Empty(Values(response.Responses[0].Partitions[1]));
    }

    [Fact]
    public async Task Sessions_are_refused_so_that_clients_fetch_in_full()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        FetchRequest opening = FetchRequest("orders", 0);
        opening.SessionEpoch = 0;
        Assert.Equal(0, (await broker.Client.CallAsync<FetchRequest, FetchResponse>(12, opening)).SessionId);
        FetchRequest continuing = FetchRequest("orders", 0);
        (continuing.SessionId, continuing.SessionEpoch) = (42, 1);
        Assert.Equal(
            ErrorCode.FetchSessionIdNotFound, (await broker.Client.CallAsync<FetchRequest, FetchResponse>(12, continuing)).ErrorCode);
    }

    [Fact]
    public async Task A_leader_epoch_of_the_future_is_unknown()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        FetchRequest request = FetchRequest("orders", 0);
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = 3;
        FetchResponse response = await broker.Client.CallAsync<FetchRequest, FetchResponse>(12, request);
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, response.Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task A_closed_client_leaves_no_fetch_behind()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        TestClient reader = await broker.Gateway.ConnectAsync();
        await reader.SendAsync(TestClient.Frame(ApiKey.Fetch, 12, 1, FetchRequest("orders", 0, minBytes: 1, maxWaitMs: 1_000_000)));
        reader.Reset();
        await TestKit.Eventually.HoldsAsync("only the other connection is left", () => broker.Gateway.OpenConnections == 1);
    }
}
