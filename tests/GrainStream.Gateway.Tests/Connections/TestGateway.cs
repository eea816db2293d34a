using System.Net;
using GrainStream.Gateway.Connections;
using GrainStream.Gateway.Handlers;
using GrainStream.Gateway.Requests;
using GrainStream.Runtime;
using GrainStream.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GrainStream.Gateway.Tests.Connections;

/// <summary>A gateway on a free port of the loopback, with the tests' own handler besides others, and a clock that stands still.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly ListenOptions _listener;

    private TestGateway(WebApplication host, ListenOptions listener, EchoHandler echo, ManualClock clock, RecordedLog log)
    {
        _host = host;
        _listener = listener;
        Echo = echo;
        Clock = clock;
        Log = log;
    }

    public EchoHandler Echo { get; }

    public ManualClock Clock { get; }

    public RecordedLog Log { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>Connections that the gateway serves now.</summary>
    public int OpenConnections => Services.GetRequiredService<ConnectionSweep>().Count;

    private IPEndPoint EndPoint => (IPEndPoint)_listener.EndPoint;

    /// <summary>Starts a gateway that serves only <see cref="Echo"/> and ApiVersions.</summary>
    public static Task<TestGateway> StartAsync(GatewayOptions? options = null) => StartAsync(options, services =>
    {
        services.RemoveAll<RequestHandler>();
        services.AddSingleton<RequestHandler, ApiVersionsHandler>();
    });

    /// <summary>Starts a gateway that serves a broker, and <see cref="Echo"/> besides.</summary>
    public static Task<TestGateway> StartAsync(Broker broker, GatewayOptions? options = null) =>
        StartAsync(options, services => services.AddSingleton(broker));

    private static async Task<TestGateway> StartAsync(GatewayOptions? options, Action<IServiceCollection> configure)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        var echo = new EchoHandler();
        var clock = new ManualClock();
        var log = new RecordedLog();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(log);
        builder.Logging.AddFilter("GrainStream", LogLevel.Debug);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddKafkaGateway(options ?? new GatewayOptions());
        configure(builder.Services);
        builder.Services.AddSingleton<RequestHandler>(echo);
        ListenOptions? listener = null;
        builder.WebHost.ConfigureKestrel(kestrel => listener = kestrel.ListenKafka(new IPEndPoint(IPAddress.Loopback, 0)));
        WebApplication host = builder.Build();
        await host.StartAsync();
        return new TestGateway(host, listener!, echo, clock, log);
    }

    public async Task<TestClient> ConnectAsync() => await TestClient.ConnectAsync(EndPoint);

    /// <summary>Stops in good order, as a node does.</summary>
    public Task StopAsync() => Eventually.CompletesAsync("the gateway has stopped", _host.StopAsync());

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();
}
