using GrainStream.Gateway.Connections;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime.Ports;

namespace GrainStream.Gateway.Requests;

/// <summary>A request together with its handler, which knows how to answer when it fails.</summary>
internal sealed class RequestContext<TRequest, TResponse> : RequestContext<TResponse>
    where TRequest : class, IKafkaRequest<TRequest>
    where TResponse : class, IKafkaResponse<TResponse>
{
    private readonly RequestHandler<TRequest, TResponse> _handler;

    public RequestContext(
        in IncomingRequest incoming, KafkaConnection connection, RequestHandler<TRequest, TResponse> handler, TRequest request)
        : base(incoming, connection)
    {
        _handler = handler;
        Request = request;
    }

    /// <summary>The message. What it borrows from the frame is valid until its dispatch is over.</summary>
    public TRequest Request { get; }

    /// <inheritdoc/>
    public override void Fail(Exception cause)
    {
        if (cause is OperationCanceledException && Cancellation.IsCancellationRequested)
        {
            CloseUnlessCompleted(
                new ConnectionClosedException(CloseReason.ConnectionLost, "a request was given up as the connection ended", cause));
            return;
        }

        if (cause is ConnectionClosedException closing)
        {
            CloseUnlessCompleted(closing);
            return;
        }

        Connection.RequestFailed(Header, cause);
        ErrorCode error = cause is StorageUnavailableException ? ErrorCode.KafkaStorageError : ErrorCode.UnknownServerError;
        TResponse? answer = _handler.CreateErrorResponse(Request, error, Version);
        if (answer is not null && !IsCompleted)
        {
            Complete(answer);
        }
        else
        {
            CloseUnlessCompleted(
                new ConnectionClosedException(CloseReason.InternalError, $"a {Header.Key} request failed and has no error answer", cause));
        }
    }

    private void CloseUnlessCompleted(ConnectionClosedException closing)
    {
        if (!IsCompleted)
        {
            CompleteByClosing(closing);
        }
    }
}
