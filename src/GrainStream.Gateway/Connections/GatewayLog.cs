using System.Net;
using GrainStream.Protocol;
using Microsoft.Extensions.Logging;

namespace GrainStream.Gateway.Connections;

/// <summary>What the gateway logs. Never a payload; ids 3000 to 3099.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(3000, LogLevel.Debug, "Connection {ConnectionId} from {RemoteEndPoint} opened")]
    public static partial void Opened(ILogger logger, string connectionId, EndPoint? remoteEndPoint);

    [LoggerMessage(3001, LogLevel.Debug, "Connection {ConnectionId} from {RemoteEndPoint} ended: {Reason}: {Detail}")]
    public static partial void Ended(ILogger logger, string connectionId, EndPoint? remoteEndPoint, CloseReason reason, string detail);

    [LoggerMessage(3002, LogLevel.Warning, "Closing connection {ConnectionId} from {RemoteEndPoint}: {Reason}: {Detail}")]
    public static partial void Closing(ILogger logger, string connectionId, EndPoint? remoteEndPoint, CloseReason reason, string detail);

    [LoggerMessage(3003, LogLevel.Error, "Closing connection {ConnectionId} from {RemoteEndPoint}: {Reason}: {Detail}")]
    public static partial void Failed(
        ILogger logger, string connectionId, EndPoint? remoteEndPoint, CloseReason reason, string detail, Exception exception);

    [LoggerMessage(3004, LogLevel.Warning, "Refusing a connection from {RemoteEndPoint}: {Connections} are open (max.connections)")]
    public static partial void Refused(ILogger logger, EndPoint? remoteEndPoint, int connections);

    [LoggerMessage(3005, LogLevel.Error, "A {ApiKey} request of version {Version} from {RemoteEndPoint} failed")]
    public static partial void RequestFailed(ILogger logger, ApiKey apiKey, short version, EndPoint? remoteEndPoint, Exception exception);
}
