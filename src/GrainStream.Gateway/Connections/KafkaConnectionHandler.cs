using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace GrainStream.Gateway.Connections;

/// <summary>Takes connections from Kestrel and serves Kafka clients on them, up to the limit of connections.</summary>
internal sealed class KafkaConnectionHandler(ConnectionServices services, ConnectionSweep sweep) : ConnectionHandler
{
    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var client = new KafkaConnection(connection, services);
        if (!sweep.TryAdd(client))
        {
            services.Instruments.Closed(CloseReason.TooManyConnections);
            GatewayLog.Refused(services.Logger, connection.RemoteEndPoint, services.Options.MaxConnections);
            connection.Abort(new ConnectionAbortedException("Too many connections."));
            return;
        }

        services.Instruments.ConnectionOpened();
        GatewayLog.Opened(services.Logger, client.Id, client.RemoteEndPoint);
        var lifetime = connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        try
        {
            await client.RunAsync(nodeStopping: lifetime?.ConnectionClosedRequested ?? default);
        }
        finally
        {
            sweep.Remove(client);
            services.Instruments.ConnectionEnded();
        }
    }
}
