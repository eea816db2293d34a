using GrainStream.Core.Topics.Configs;
using GrainStream.Gateway;

namespace GrainStream.Server;

/// <summary>Gives the gateway those of Kafka's settings that are about connections.</summary>
internal static class GatewaySettings
{
    public static GatewayOptions Of(BrokerConfig broker)
    {
        GatewayOptions standard = new();
        return standard with
        {
            MaxRequestBytes = broker.SocketRequestMaxBytes,
            QueuedMaxRequestBytes = Math.Max(standard.QueuedMaxRequestBytes, broker.SocketRequestMaxBytes),
            MaxConnections = broker.MaxConnections,
            IdleTimeout = broker.ConnectionsMaxIdle ?? TimeSpan.MaxValue,
        };
    }
}
