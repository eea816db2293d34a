using GrainStream.Gateway.Metrics;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace GrainStream.Gateway.Connections;

/// <summary>What all connections of a node share.</summary>
internal sealed class ConnectionServices(
    GatewayOptions options,
    RequestDispatcher dispatcher,
    TimeProvider clock,
    GatewayInstruments instruments,
    ILogger<KafkaConnectionHandler> logger)
{
    /// <summary>Writers kept for reuse: as many as are ever encoding at once on a busy machine.</summary>
    private const int RetainedWriters = 64;

    public GatewayOptions Options { get; } = options;

    public RequestDispatcher Dispatcher { get; } = dispatcher;

    public TimeProvider Clock { get; } = clock;

    public GatewayInstruments Instruments { get; } = instruments;

    public ILogger Logger { get; } = logger;

    public RequestMemory RequestMemory { get; } = new(options.QueuedMaxRequestBytes);

    public ObjectPool<KafkaWriter> Writers { get; } = new DefaultObjectPool<KafkaWriter>(new KafkaWriterPolicy(), RetainedWriters);

    /// <summary>Logs and counts why a connection ends: quietly if that is in the nature of things.</summary>
    public void Closed(KafkaConnection connection, ConnectionClosedException cause)
    {
        Instruments.Closed(cause.Reason);
        switch (cause.Reason)
        {
            case CloseReason.ClosedByClient or CloseReason.ConnectionLost or CloseReason.Idle or CloseReason.Stopping:
                GatewayLog.Ended(Logger, connection.Id, connection.RemoteEndPoint, cause.Reason, cause.Message);
                break;
            case CloseReason.InternalError:
                GatewayLog.Failed(Logger, connection.Id, connection.RemoteEndPoint, cause.Reason, cause.Message, cause);
                break;
            default:
                GatewayLog.Closing(Logger, connection.Id, connection.RemoteEndPoint, cause.Reason, cause.Message);
                break;
        }
    }
}
