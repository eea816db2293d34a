using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Partitions;
using static GrainStream.Gateway.Tests.Handlers.RecordCalls;

namespace GrainStream.Gateway.Tests.Handlers;

public sealed class OffsetTests
{
    [Fact]
    public async Task Offsets_are_listed_by_position_and_by_time_in_every_version()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        await broker.Client.ProduceAsync("orders", At(1_000));
        await broker.Client.ProduceAsync("orders", At(3_000));
        await broker.Client.ProduceAsync("orders", At(2_000));
        for (short version = 1; version <= 11; version++)
        {
            Assert.Equal((0L, -1L), await ListAsync(broker, version, -2));
            Assert.Equal((3L, -1L), await ListAsync(broker, version, -1));
            Assert.Equal((1L, 3_000L), await ListAsync(broker, version, -3));
            Assert.Equal((0L, 1_000L), await ListAsync(broker, version, 500));
            Assert.Equal((1L, 3_000L), await ListAsync(broker, version, 1_001));
            Assert.Equal((-1L, -1L), await ListAsync(broker, version, 3_001));
        }
    }

    [Fact]
    public async Task Deleted_records_are_out_of_range_and_the_earliest_offset_moves()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        await broker.Client.ProduceAsync("orders", Batch("a", "b", "c"));
        Assert.Equal((ErrorCode.None, 2L), await DeleteAsync(broker, 2));
        Assert.Equal((2L, -1L), await ListAsync(broker, 5, -2));
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await broker.Client.FetchAsync("orders", 0)).ErrorCode);

        // A batch is served whole; consumers skip what lies before the offset they asked for.
        Assert.Equal(["0:a", "1:b", "2:c"], Values(await broker.Client.FetchAsync("orders", 2)));
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1L), await DeleteAsync(broker, 9));
        Assert.Equal((ErrorCode.None, 3L), await DeleteAsync(broker, -1));
    }

    [Fact]
    public async Task Local_and_tiered_offsets_are_listed()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        for (int i = 0; i < 4; i++)
        {
            await broker.Client.ProduceAsync("orders", Batch("a", "b"));
        }

        Assert.Equal((0L, -1L, 0L), (await Offset(-4), await Offset(-5), await Offset(-6)));
        Assert.Equal(ErrorCode.None, broker.Broker.FindPartition("orders", 0, out Partition? partition));
        var tiered = new TieredInput(new Offset(4));
        partition!.Post(tiered);
        Assert.Equal(ErrorCode.None, await tiered.Completion);
        Assert.Equal((0L, 3L, 4L), (await Offset(-4), await Offset(-5), await Offset(-6)));

        var checkpoint = new CheckpointInput(new JournalPosition(long.MaxValue), []);
        partition.Post(checkpoint);
        Assert.Equal(ErrorCode.None, await checkpoint.Completion);
        Assert.InRange(await Offset(-4), 0, 4);

        Assert.Equal((ErrorCode.None, 6L), await DeleteAsync(broker, 6));
        Assert.Equal((6L, -1L, 6L), (await Offset(-4), await Offset(-5), await Offset(-6)));
        Assert.Equal((ErrorCode.None, 8L), await DeleteAsync(broker, -1));
        Assert.Equal((8L, -1L, 8L), (await Offset(-4), await Offset(-5), await Offset(-6)));

        async Task<long> Offset(long timestamp) => (await ListAsync(broker, 11, timestamp)).Offset;
    }

    [Fact]
    public async Task The_end_of_an_epoch_is_the_log_end_while_it_lasts()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        await broker.Client.ProduceAsync("orders", Batch("a", "b"));
        for (short version = 2; version <= 4; version++)
        {
            Assert.Equal((ErrorCode.None, 0, 2L), await EndOfEpochAsync(broker, version, epoch: 0));
            Assert.Equal((ErrorCode.None, -1, -1L), await EndOfEpochAsync(broker, version, epoch: 4));
        }
    }

    private static byte[] At(long timestampMs)
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(timestampMs, NullableBytes.Null, "v"u8.ToArray());
        return builder.Build().ToArray();
    }

    private static async Task<(long Offset, long Timestamp)> ListAsync(TestBroker broker, short version, long timestamp)
    {
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = "orders", Partitions = [new() { Timestamp = timestamp }] }],
        };
        ListOffsetsResponse response = await broker.Client.CallAsync<ListOffsetsRequest, ListOffsetsResponse>(version, request);
        ListOffsetsResponse.ListOffsetsPartitionResponse found = response.Topics[0].Partitions[0];
        Assert.Equal(ErrorCode.None, found.ErrorCode);
        return (found.Offset, found.Timestamp);
    }

    private static async Task<(ErrorCode Error, long LowWatermark)> DeleteAsync(TestBroker broker, long offset)
    {
        var request = new DeleteRecordsRequest { Topics = [new() { Name = "orders", Partitions = [new() { Offset = offset }] }] };
        DeleteRecordsResponse response = await broker.Client.CallAsync<DeleteRecordsRequest, DeleteRecordsResponse>(2, request);
        return (response.Topics[0].Partitions[0].ErrorCode, response.Topics[0].Partitions[0].LowWatermark);
    }

    private static async Task<(ErrorCode Error, int Epoch, long EndOffset)> EndOfEpochAsync(TestBroker broker, short version, int epoch)
    {
        var request = new OffsetForLeaderEpochRequest
        {
            Topics = [new() { Topic = "orders", Partitions = [new() { CurrentLeaderEpoch = 0, LeaderEpoch = epoch }] }],
        };
        OffsetForLeaderEpochResponse response =
            await broker.Client.CallAsync<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(version, request);
        OffsetForLeaderEpochResponse.EpochEndOffset end = response.Topics[0].Partitions[0];
        return (end.ErrorCode, end.LeaderEpoch, end.EndOffset);
    }
}
