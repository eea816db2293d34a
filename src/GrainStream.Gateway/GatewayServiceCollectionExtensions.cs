using System.Buffers;
using GrainStream.Gateway.Buffers;
using GrainStream.Gateway.Connections;
using GrainStream.Gateway.Handlers;
using GrainStream.Gateway.Metrics;
using GrainStream.Gateway.Requests;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GrainStream.Gateway;

/// <summary>Registers the Kafka gateway with a host.</summary>
public static class GatewayServiceCollectionExtensions
{
    /// <summary>
    /// Adds what serves Kafka clients; <see cref="GatewayKestrelExtensions.ListenKafka"/> then opens a port for them.
    /// The host provides the broker, logging and, if not the system's, the <see cref="TimeProvider"/>. Socket settings apply to
    /// everything Kestrel serves in this host.
    /// </summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static IServiceCollection AddKafkaGateway(this IServiceCollection services, GatewayOptions options)
    {
        options.Validate();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<GatewayInstruments>();
        services.AddSingleton<RequestDispatcher>();
        services.AddSingleton<HandlerRegistry>();
        services.AddSingleton<ConnectionServices>();
        services.AddSingleton<ConnectionSweep>();
        services.AddSingleton<KafkaConnectionHandler>();
        services.AddSingleton<AdvertisedListener>();
        AddHandlers(services);
        AddTransport(services, options);
        return services;
    }

    private static void AddTransport(IServiceCollection services, GatewayOptions options)
    {
        services.Replace(ServiceDescriptor.Singleton<IMemoryPoolFactory<byte>, BlockMemoryPoolFactory>());
        services.Configure<SocketTransportOptions>(transport =>
        {
            transport.MaxReadBufferSize = options.ReadBufferBytes;
            transport.MaxWriteBufferSize = options.WriteBufferBytes;
            transport.NoDelay = true;
            // Neither our handlers nor Kestrel's send and receive loops block, so each may run on the thread that wakes it
            // (docs/decisions/0002).
            transport.UnsafePreferInlineScheduling = true;
        });
    }

    private static void AddHandlers(IServiceCollection services)
    {
        services.AddSingleton<RequestHandler, AlterConfigsHandler>();
        services.AddSingleton<RequestHandler, ApiVersionsHandler>();
        services.AddSingleton<RequestHandler, ConsumerGroupDescribeHandler>();
        services.AddSingleton<RequestHandler, ConsumerGroupHeartbeatHandler>();
        services.AddSingleton<RequestHandler, CreatePartitionsHandler>();
        services.AddSingleton<RequestHandler, CreateTopicsHandler>();
        services.AddSingleton<RequestHandler, DeleteGroupsHandler>();
        services.AddSingleton<RequestHandler, DeleteRecordsHandler>();
        services.AddSingleton<RequestHandler, DeleteTopicsHandler>();
        services.AddSingleton<RequestHandler, DescribeClusterHandler>();
        services.AddSingleton<RequestHandler, DescribeConfigsHandler>();
        services.AddSingleton<RequestHandler, DescribeGroupsHandler>();
        services.AddSingleton<RequestHandler, FetchHandler>();
        services.AddSingleton<RequestHandler, FindCoordinatorHandler>();
        services.AddSingleton<RequestHandler, HeartbeatHandler>();
        services.AddSingleton<RequestHandler, IncrementalAlterConfigsHandler>();
        services.AddSingleton<RequestHandler, InitProducerIdHandler>();
        services.AddSingleton<RequestHandler, JoinGroupHandler>();
        services.AddSingleton<RequestHandler, LeaveGroupHandler>();
        services.AddSingleton<RequestHandler, ListGroupsHandler>();
        services.AddSingleton<RequestHandler, ListOffsetsHandler>();
        services.AddSingleton<RequestHandler, MetadataHandler>();
        services.AddSingleton<RequestHandler, OffsetCommitHandler>();
        services.AddSingleton<RequestHandler, OffsetDeleteHandler>();
        services.AddSingleton<RequestHandler, OffsetFetchHandler>();
        services.AddSingleton<RequestHandler, OffsetForLeaderEpochHandler>();
        services.AddSingleton<RequestHandler, ProduceHandler>();
        services.AddSingleton<RequestHandler, SyncGroupHandler>();
    }
}
