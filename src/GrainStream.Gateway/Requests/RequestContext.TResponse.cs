using GrainStream.Gateway.Connections;
using GrainStream.Protocol.Messages;

namespace GrainStream.Gateway.Requests;

/// <summary>A request that is answered with a <typeparamref name="TResponse"/>.</summary>
internal abstract class RequestContext<TResponse> : RequestContext
    where TResponse : class, IKafkaMessage
{
    private TResponse? _response;
    private IDisposable? _held;

    private protected RequestContext(in IncomingRequest incoming, KafkaConnection connection)
        : base(incoming, connection)
    {
    }

    /// <summary>
    /// Answers the request. The response is encoded when all earlier requests are answered: until then it must not change.
    /// </summary>
    /// <param name="response">The message, in the request's version.</param>
    /// <param name="held">What the response borrows, such as record payloads; disposed once it is sent or dropped.</param>
    public void Complete(TResponse response, IDisposable? held = null)
    {
        MarkCompleted();
        _response = response;
        _held = held;
        HasResponse = true;
        Connection.Responses.Ready(this);
    }

    /// <summary>Ends a request that by its own wish gets no answer, such as a produce with acks=0.</summary>
    public void CompleteWithoutResponse()
    {
        MarkCompleted();
        Connection.Responses.Ready(this);
    }

    /// <summary>
    /// Answers with what the handler has for an unexpected failure, or closes the connection if it has nothing. Logged.
    /// Does nothing but log if the request is completed already.
    /// </summary>
    public abstract void Fail(Exception cause);

    /// <inheritdoc/>
    internal sealed override ValueTask SendAsync(ResponseSender sender) =>
        sender.SendAsync(Header, _response!, ResponseVersion);

    /// <inheritdoc/>
    internal sealed override void Release()
    {
        _response = null;
        _held?.Dispose();
        _held = null;
    }
}
