using GrainStream.Core.Topics.Configs;
using GrainStream.Gateway.Tests.Connections;
using GrainStream.Hosting.Embedded;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;
using GrainStream.Storage.FileSystem;
using GrainStream.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Gateway.Tests.Handlers;

/// <summary>A broker on a directory of its own behind a gateway, and a client of it.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory;

    private TestBroker(TemporaryDirectory directory, Broker broker, TestGateway gateway, TestClient client)
    {
        _directory = directory;
        Broker = broker;
        Gateway = gateway;
        Client = client;
    }

    public Broker Broker { get; }

    public TestGateway Gateway { get; }

    public TestClient Client { get; }

    /// <param name="settings">Broker settings, as "name=value".</param>
    public static Task<TestBroker> StartAsync(params string[] settings) => StartAsync(new GatewayOptions(), settings);

    public static async Task<TestBroker> StartAsync(GatewayOptions options, params string[] settings)
    {
        Assert.True(BrokerConfig.TryCreate(settings.Select(Parse), out BrokerConfig config, out _));
        var directory = new TemporaryDirectory();
        var journal = new FileJournalOptions { DataDirectory = directory.Path, FileBytes = 1 << 20, SlabBytes = 1 << 16, TailMemoryBytes = 1 << 20 };
        Broker broker = EmbeddedBroker.Open(journal, config, TimeProvider.System, meters: null, NullLoggerFactory.Instance);
        TestGateway gateway = await TestGateway.StartAsync(broker, options);
        return new TestBroker(directory, broker, gateway, await gateway.ConnectAsync());
    }

    /// <summary>Creates a topic, which has to succeed.</summary>
    public async Task<Guid> CreateTopicAsync(string name, int partitions = 1, params (string Name, string Value)[] configs)
    {
        var request = new CreateTopicsRequest
        {
            Topics =
            [
                new CreateTopicsRequest.CreatableTopic
                {
                    Name = name,
                    NumPartitions = partitions,
                    ReplicationFactor = -1,
                    Configs = [.. configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Name, Value = config.Value })],
                },
            ],
        };
        CreateTopicsResponse response = await Client.CallAsync<CreateTopicsRequest, CreateTopicsResponse>(7, request);
        Assert.Equal((ErrorCode.None, null), (response.Topics[0].ErrorCode, response.Topics[0].ErrorMessage));
        return response.Topics[0].TopicId;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Gateway.DisposeAsync();
        await Broker.DisposeAsync();
        _directory.Dispose();
    }

    private static KeyValuePair<string, string?> Parse(string setting)
    {
        string[] parts = setting.Split('=', 2);
        return KeyValuePair.Create(parts[0], (string?)parts[1]);
    }
}
