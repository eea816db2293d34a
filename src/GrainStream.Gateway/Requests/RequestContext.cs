using System.Net;
using GrainStream.Gateway.Connections;
using GrainStream.Protocol.Messages;

namespace GrainStream.Gateway.Requests;

/// <summary>
/// One request from its dispatch to its answer, and its place in the order of its connection's answers.
/// It is completed exactly once, by any thread; completing may send on the calling thread.
/// </summary>
internal abstract class RequestContext
{
    private int _completed;

    private protected RequestContext(in IncomingRequest incoming, KafkaConnection connection)
    {
        Header = incoming.Header;
        FrameBytes = incoming.FrameBytes;
        StartedAt = incoming.ReceivedAt;
        ResponseVersion = incoming.Header.Version;
        Connection = connection;
    }

    /// <summary>What the request says about itself.</summary>
    public RequestHeader Header { get; }

    /// <summary>Version of the API, which fixes the layout of request and response.</summary>
    public short Version => Header.Version;

    /// <summary>Version of the answer: the request's, unless that is unknown here.</summary>
    internal short ResponseVersion { get; init; }

    /// <summary>Where the client is.</summary>
    public EndPoint? RemoteEndPoint => Connection.RemoteEndPoint;

    /// <summary>Where the client reached this node.</summary>
    public EndPoint? LocalEndPoint => Connection.LocalEndPoint;

    /// <summary>
    /// Cancelled when the connection ends or the node stops. What waits for something better to come, as a fetch does, then completes
    /// with what it has.
    /// </summary>
    public CancellationToken Cancellation => Connection.Closing;

    /// <summary>True once the request is completed, in whatever way.</summary>
    public bool IsCompleted => Volatile.Read(ref _completed) != 0;

    /// <summary>Why the connection is to end in place of an answer; null if it is not.</summary>
    internal ConnectionClosedException? Closes { get; private set; }

    /// <summary>True if there is something to send.</summary>
    internal bool HasResponse { get; private protected set; }

    /// <summary>Guarded by the queue's lock: completed, and waiting for its turn.</summary>
    internal bool IsReady { get; set; }

    /// <summary>Bytes of the request's frame, counted while it is in flight.</summary>
    internal int FrameBytes { get; }

    /// <summary>When the frame was complete, as a timestamp of the clock.</summary>
    internal long StartedAt { get; }

    private protected KafkaConnection Connection { get; }

    /// <summary>
    /// Ends the connection in place of an answer, once all earlier answers are sent.
    /// </summary>
    internal void CompleteByClosing(ConnectionClosedException cause)
    {
        MarkCompleted();
        Closes = cause;
        Connection.Responses.Ready(this);
    }

    /// <summary>Writes the whole response frame. Called once, in order, when it is this response's turn.</summary>
    internal abstract ValueTask SendAsync(ResponseSender sender);

    /// <summary>Lets go of what the response holds; called once, sent or not.</summary>
    internal abstract void Release();

    private protected bool TryMarkCompleted() => Interlocked.Exchange(ref _completed, 1) == 0;

    private protected void MarkCompleted()
    {
        if (!TryMarkCompleted())
        {
            throw new InvalidOperationException($"The {Header.Key} request {Header.CorrelationId} is completed twice.");
        }
    }
}
