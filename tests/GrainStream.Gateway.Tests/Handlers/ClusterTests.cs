using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Gateway.Tests.Handlers;

public sealed class ClusterTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_cluster_is_its_one_broker(short version)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        DescribeClusterResponse response = await broker.Client.CallAsync<DescribeClusterRequest, DescribeClusterResponse>(
            version, new DescribeClusterRequest { IncludeClusterAuthorizedOperations = version == 2 });
        int node = broker.Broker.Identity.NodeId;
        Assert.Equal((ErrorCode.None, broker.Broker.Identity.ClusterId, node), (response.ErrorCode, response.ClusterId, response.ControllerId));
        DescribeClusterResponse.DescribeClusterBroker listed = Assert.Single(response.Brokers);
        Assert.Equal((node, "127.0.0.1", broker.Client.RemotePort), (listed.BrokerId, listed.Host, listed.Port));
        Assert.Equal(version == 2 ? 8096 : int.MinValue, response.ClusterAuthorizedOperations);
    }

    [Theory]
    [InlineData(2, ErrorCode.MismatchedEndpointType)]
    [InlineData(9, ErrorCode.UnsupportedEndpointType)]
    public async Task Only_brokers_can_be_asked_for(sbyte type, ErrorCode error)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        DescribeClusterResponse response = await broker.Client.CallAsync<DescribeClusterRequest, DescribeClusterResponse>(
            1, new DescribeClusterRequest { EndpointType = type });
        Assert.Equal((error, 0), (response.ErrorCode, response.Brokers.Length));
        Assert.NotEmpty(response.ErrorMessage!);
    }

    [Fact]
    public async Task Each_idempotent_producer_gets_an_id_of_its_own_in_every_version()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        var ids = new HashSet<long>();
        for (short version = 0; version <= 6; version++)
        {
            InitProducerIdResponse response = await broker.Client.CallAsync<InitProducerIdRequest, InitProducerIdResponse>(version, new InitProducerIdRequest());
            Assert.Equal((ErrorCode.None, (short)0), (response.ErrorCode, response.ProducerEpoch));
            Assert.True(response.ProducerId >= 0 && ids.Add(response.ProducerId));
        }
    }

    [Fact]
    public async Task A_transactional_id_is_refused()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        InitProducerIdResponse response = await broker.Client.CallAsync<InitProducerIdRequest, InitProducerIdResponse>(
            4, new InitProducerIdRequest { TransactionalId = "tx", TransactionTimeoutMs = 1000 });
        Assert.Equal((ErrorCode.InvalidRequest, -1L, (short)-1), (response.ErrorCode, response.ProducerId, response.ProducerEpoch));
    }
}
