using GrainStream.Gateway.Connections;
using GrainStream.Protocol;
using GrainStream.Protocol.Wire;

namespace GrainStream.Gateway.Requests;

/// <summary>Serves one API at a range of versions. One instance serves all connections.</summary>
internal abstract class RequestHandler
{
    /// <summary>The API.</summary>
    public abstract ApiKey ApiKey { get; }

    /// <summary>First version served.</summary>
    public abstract short LowestVersion { get; }

    /// <summary>Last version served.</summary>
    public abstract short HighestVersion { get; }

    /// <summary>
    /// Largest request frame in bytes. Far above what clients send but for records, and small enough that the objects it is decoded
    /// to, some ten times its size, endanger nobody.
    /// </summary>
    public virtual int MaxFrameBytes => 16 * 1024 * 1024;

    /// <summary>
    /// Whether a request waits until all earlier ones of its connection are answered, and later ones until it is.
    /// </summary>
    public abstract bool RunsAlone { get; }

    /// <summary>
    /// Reads the request, gives it its place in the order of answers and starts it. Completes when the frame's bytes are no longer needed.
    /// </summary>
    /// <exception cref="MalformedMessageException">The body does not decode.</exception>
    internal abstract ValueTask DispatchAsync(KafkaConnection connection, in IncomingRequest incoming, ref KafkaReader body);

    /// <summary>
    /// Serves a request of a version outside the range, if the API has a way to say so; false if the connection is to be closed.
    /// </summary>
    internal virtual bool TryRefuseVersion(KafkaConnection connection, in IncomingRequest incoming) => false;
}
