using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using GrainStream.Gateway;
using GrainStream.Gateway.Http.Metrics;
using GrainStream.Hosting.Embedded;
using GrainStream.Runtime;
using GrainStream.Runtime.Ports;
using GrainStream.Server.Options;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GrainStream.Server;

/// <summary>Puts the parts together (broker, Kafka listener, HTTP end points) and runs them until the process is told to stop.</summary>
internal static class ServerHost
{
    /// <summary>Meters whose instruments <c>/metrics</c> shows, by prefix: our own, the runtime's, and the web server's connections.</summary>
    private static readonly string[] ExportedMeters = ["GrainStream.", "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Runs the server. Returns null once it has stopped in good order, otherwise what went wrong.</summary>
    public static async Task<StartFailure?> RunAsync(IConfigurationRoot configuration, ServerOptions options)
    {
        List<ListenOptions> kafka = [];
        List<ListenOptions> http = [];
        WebApplication? application = null;
        try
        {
            // Opens the broker too, before anything listens: a client that connects finds every topic.
            application = Build(configuration, options, kafka, http);
            using StopSignals signals = StopSignalsOf(application);
            Broker broker = application.Services.GetRequiredService<Broker>();
            StartFailure? failure = await StartTieringAsync(broker) ?? await StartAsync(application, options);
            if (failure is not null)
            {
                return failure;
            }

            Console.Out.Write(StartupText.Of(options, Bound(kafka), Bound(http)));
            return await RunToEndAsync(application, broker);
        }
        catch (CorruptDataException exception) when (application is null)
        {
            return new StartFailure(ExitCode.DataDamaged, exception.Message);
        }
        catch (StorageUnavailableException exception) when (application is null)
        {
            return new StartFailure(ExitCode.DataDirectoryUnusable, exception.Message);
        }
        finally
        {
            if (application is not null)
            {
                await application.DisposeAsync();
            }
        }
    }

    // Before anything listens: a node that writes to another cluster's store must not serve for a moment.
    private static async Task<StartFailure?> StartTieringAsync(Broker broker)
    {
        try
        {
            await broker.StartTieringAsync(CancellationToken.None);
            return null;
        }
        catch (Exception exception) when (exception is FencedException or StorageUnavailableException)
        {
            return new StartFailure(ExitCode.DataDirectoryUnusable, exception.Message);
        }
        catch (CorruptDataException exception)
        {
            return new StartFailure(ExitCode.DataDamaged, exception.Message);
        }
    }

    private static async Task<StartFailure?> StartAsync(WebApplication application, ServerOptions options)
    {
        try
        {
            await application.StartAsync();
            return null;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            string? diagnosis = ListenDiagnosis.Of(options);
            if (diagnosis is null)
            {
                throw;
            }

            return new StartFailure(ExitCode.AddressUnavailable, diagnosis);
        }
    }

    private static WebApplication Build(IConfigurationRoot configuration, ServerOptions options, List<ListenOptions> kafka, List<ListenOptions> http)
    {
        // The empty builder: configuration is read already, and every service left out is start-up time won.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddConfiguration(configuration);
        AddLogging(builder.Logging, configuration);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kafka.AddRange(options.KafkaListen.Select(address => kestrel.ListenKafka(address.EndPoint)));
            foreach (ListenAddress address in options.HttpListen)
            {
                kestrel.Listen(address.EndPoint, http.Add);
            }
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddKafkaGateway(GatewaySettings.Of(options));
        builder.Services.AddSingleton(services => EmbeddedBroker.Open(
            options.Journal,
            options.Broker,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<IMeterFactory>(),
            services.GetRequiredService<ILoggerFactory>(),
            options.Tiering,
            (ObjectStoreFactory.LocationOf(options.Storage),
                cancellationToken => ObjectStoreFactory.OpenAsync(options.Storage, services.GetRequiredService<TimeProvider>(), cancellationToken))));
        builder.Services.AddSingleton<ProcessInstruments>();
        builder.Services.AddSingleton(services => new PrometheusCollector(
            meter => ExportedMeters.Any(prefix => meter.Name.StartsWith(prefix, StringComparison.Ordinal)),
            services.GetRequiredService<ILogger<PrometheusCollector>>()));
        return Map(builder.Build());
    }

    private static void AddLogging(ILoggingBuilder logging, IConfigurationRoot configuration)
    {
        logging.AddConfiguration(configuration.GetSection("Logging"));

        // These two log a failed start with a stack trace; StartFailure says it in words.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.", LogLevel.Warning);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
    }

    private static WebApplication Map(WebApplication application)
    {
        // Made now, not at the first scrape: sums count from the collector's creation on.
        PrometheusCollector collector = application.Services.GetRequiredService<PrometheusCollector>();
        application.Services.GetRequiredService<ProcessInstruments>();
        application.MapPrometheusMetrics(collector);
        application.MapHealth(application.Services.GetRequiredService<Broker>);
        return application;
    }

    private static StopSignals StopSignalsOf(WebApplication application)
    {
        void Stop()
        {
            Console.Out.WriteLine("Stopping. A second signal stops at once.");
            application.Lifetime.StopApplication();
        }

        void Force()
        {
            Console.Error.WriteLine("Stopped at once. What was acknowledged with acks=all is safe.");
            Environment.Exit((int)ExitCode.Forced);
        }

        StopSignals signals = new(Stop, Force, TimeProvider.System);
        signals.Listen();
        return signals;
    }

    private static async Task<StartFailure?> RunToEndAsync(WebApplication application, Broker broker)
    {
        Task stopped = application.WaitForShutdownAsync();
        if (await Task.WhenAny(stopped, broker.Failure) == stopped)
        {
            await stopped;

            // Disposing the broker syncs what is written; only then is it stopped.
            await application.DisposeAsync();
            Console.Out.WriteLine("Stopped.");
            return null;
        }

        Exception cause = await broker.Failure;
        application.Lifetime.StopApplication();
        await stopped;
        return new StartFailure(
            ExitCode.StorageFailed,
            $"The server has stopped, because {(cause is FencedException ? "the object store is not its own" : "the disk failed")}. {cause.Message}\n"
            + "What was acknowledged with acks=all is safe.");
    }

    private static IPEndPoint[] Bound(IEnumerable<ListenOptions> listeners) => [.. listeners.Select(listener => listener.IPEndPoint!)];
}
