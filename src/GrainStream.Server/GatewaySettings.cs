using GrainStream.Core.Topics.Configs;
using GrainStream.Gateway;
using GrainStream.Server.Options;

namespace GrainStream.Server;

/// <summary>Gives the gateway those of Kafka's settings that are about connections.</summary>
internal static class GatewaySettings
{
    public static GatewayOptions Of(ServerOptions options)
    {
        BrokerConfig broker = options.Broker;
        GatewayOptions standard = new();
        return standard with
        {
            AdvertisedHost = options.KafkaAdvertise?.Host,
            AdvertisedPort = options.KafkaAdvertise?.Port,
            MaxRequestBytes = broker.SocketRequestMaxBytes,
            QueuedMaxRequestBytes = Math.Max(standard.QueuedMaxRequestBytes, broker.SocketRequestMaxBytes),
            MaxConnections = broker.MaxConnections,
            IdleTimeout = broker.ConnectionsMaxIdle ?? TimeSpan.MaxValue,
        };
    }
}
