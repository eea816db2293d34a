using System.Buffers.Binary;
using GrainStream.Gateway.Requests;
using GrainStream.Gateway.Tests.Connections;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace GrainStream.Gateway.Tests.Handlers;

public sealed class ApiVersionsTests
{
    [Fact]
    public async Task Every_registered_handler_is_listed_with_its_versions_in_every_version()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        for (short version = 0; version <= 4; version++)
        {
            ApiVersionsResponse response = await CallAsync(broker.Client, version);
            Assert.Equal(ErrorCode.None, response.ErrorCode);
            Assert.Equal(
                broker.Gateway.Services.GetServices<RequestHandler>().Select(handler => handler.ApiKey).Order(),
                response.ApiKeys.Select(api => api.ApiKey));
            ApiVersionsResponse.ApiVersion metadata = Assert.Single(response.ApiKeys, api => api.ApiKey == ApiKey.Metadata);
            Assert.Equal((0, 13), (metadata.MinVersion, metadata.MaxVersion));
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(short.MaxValue)]
    [InlineData(-1)]
    public async Task An_unknown_version_is_answered_in_version_0_with_the_range_of_this_api(short version)
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        byte[] frame = TestClient.Frame(ApiKey.ApiVersions, 3, 77, new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1" });
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(6), version);
        await client.SendAsync(frame);
        (int correlationId, ApiVersionsResponse response) = await client.ReceiveAsync<ApiVersionsResponse>(0);
        Assert.Equal((77, ErrorCode.UnsupportedVersion), (correlationId, response.ErrorCode));
        ApiVersionsResponse.ApiVersion api = Assert.Single(response.ApiKeys);
        Assert.Equal((ApiKey.ApiVersions, (short)0, (short)4), (api.ApiKey, api.MinVersion, api.MaxVersion));
        Assert.Equal(ErrorCode.None, (await CallAsync(client, 0)).ErrorCode);
    }

    [Fact]
    public async Task Produce_is_announced_from_version_0_since_librdkafka_expects_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        ApiVersionsResponse response = await CallAsync(broker.Client, 3);
        ApiVersionsResponse.ApiVersion produce = Assert.Single(response.ApiKeys, api => api.ApiKey == ApiKey.Produce);
        Assert.Equal((0, 13), (produce.MinVersion, produce.MaxVersion));
    }

    [Theory]
    [InlineData("", "1.0")]
    [InlineData("name", "")]
    [InlineData("a name", "1.0")]
    [InlineData("-name", "1.0")]
    [InlineData("name", "1.0.")]
    public async Task A_client_that_names_itself_badly_is_refused(string name, string softwareVersion)
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        using TestClient client = await gateway.ConnectAsync();
        var request = new ApiVersionsRequest { ClientSoftwareName = name, ClientSoftwareVersion = softwareVersion };
        Assert.Equal(ErrorCode.InvalidRequest, (await client.CallAsync<ApiVersionsRequest, ApiVersionsResponse>(3, request)).ErrorCode);
    }

    private static Task<ApiVersionsResponse> CallAsync(TestClient client, short version) => client.CallAsync<ApiVersionsRequest, ApiVersionsResponse>(
        version, new ApiVersionsRequest { ClientSoftwareName = "test-client", ClientSoftwareVersion = "1.0.0" });
}
