namespace GrainStream.Gateway.Connections;

/// <summary>
/// What a client sent, or what became of its request, ends its connection. Thrown while a request is dispatched and classified once, by the
/// connection's read loop. <paramref name="detail"/> is logged: it holds numbers and names of the protocol, never a payload.
/// </summary>
internal sealed class ConnectionClosedException(CloseReason reason, string detail, Exception? innerException = null)
    : Exception(detail, innerException)
{
    /// <summary>Why the connection ends.</summary>
    public CloseReason Reason { get; } = reason;
}
