using System.Net;
using GrainStream.Gateway.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GrainStream.Gateway;

/// <summary>Opens ports for Kafka clients.</summary>
public static class GatewayKestrelExtensions
{
    /// <summary>Listens for Kafka clients on <paramref name="endPoint"/>; port 0 takes any free port.</summary>
    /// <returns>The listener's options: once the host has started, their end point holds the port in use.</returns>
    public static ListenOptions ListenKafka(this KestrelServerOptions kestrel, IPEndPoint endPoint)
    {
        ListenOptions? listener = null;
        kestrel.Listen(endPoint, options =>
        {
            options.UseConnectionHandler<KafkaConnectionHandler>();
            listener = options;
        });
        return listener!;
    }
}
