using System.Net;
using GrainStream.Client;
using GrainStream.Client.Administration;
using GrainStream.Core.Topics.Configs;
using GrainStream.Gateway;
using GrainStream.Hosting.Embedded;
using GrainStream.Runtime;
using GrainStream.Storage.FileSystem;
using GrainStream.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Client.Tests;

/// <summary>A broker in this process, on a directory of its own, behind a listener on a free port.</summary>
internal sealed class EmbeddedCluster : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory;
    private readonly Broker _broker;
    private readonly WebApplication _host;

    private EmbeddedCluster(TemporaryDirectory directory, Broker broker, WebApplication host, IPEndPoint endPoint)
    {
        _directory = directory;
        _broker = broker;
        _host = host;
        Bootstrap = $"127.0.0.1:{endPoint.Port}";
        Client = NewClient();
    }

    public string Bootstrap { get; }

    public KafkaClient Client { get; }

    /// <param name="settings">Broker settings, as "name=value".</param>
    public static async Task<EmbeddedCluster> StartAsync(params string[] settings)
    {
        Assert.True(BrokerConfig.TryCreate(settings.Select(Parse), out BrokerConfig config, out _));
        var directory = new TemporaryDirectory();
        var journal = new FileJournalOptions { DataDirectory = directory.Path, FileBytes = 1 << 24, SlabBytes = 1 << 18, TailMemoryBytes = 1 << 24 };
        Broker broker = EmbeddedBroker.Open(journal, config, TimeProvider.System, meters: null, NullLoggerFactory.Instance);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddKafkaGateway(new GatewayOptions());
        builder.Services.AddSingleton(broker);
        ListenOptions? listener = null;
        builder.WebHost.ConfigureKestrel(kestrel => listener = kestrel.ListenKafka(new IPEndPoint(IPAddress.Loopback, 0)));
        WebApplication host = builder.Build();
        await host.StartAsync();
        return new EmbeddedCluster(directory, broker, host, (IPEndPoint)listener!.EndPoint);
    }

    public KafkaClient NewClient(Func<KafkaClientOptions, KafkaClientOptions>? configure = null)
    {
        var options = new KafkaClientOptions { BootstrapServers = Bootstrap, ClientId = "client-tests", RetryTimeout = TimeSpan.FromSeconds(10) };
        return new KafkaClient(configure?.Invoke(options) ?? options);
    }

    public Task<int> CreateTopicAsync(string name, int partitions = 1, params (string Name, string Value)[] configs) => Client.Topics.CreateAsync(
        new NewTopic(name) { Partitions = partitions, Configs = configs.ToDictionary(config => config.Name, config => config.Value) });

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _host.DisposeAsync();
        await _broker.DisposeAsync();
        _directory.Dispose();
    }

    private static KeyValuePair<string, string?> Parse(string setting)
    {
        string[] parts = setting.Split('=', 2);
        return KeyValuePair.Create(parts[0], (string?)parts[1]);
    }
}
