using GrainStream.Gateway.Connections;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Gateway.Requests;

/// <summary>
/// Serves one API in two phases. <see cref="DispatchAsync(TRequest, RequestContext{TResponse})"/> runs in the order the requests came, and
/// is over
/// when the request's borrowed bytes are no longer needed; the context is completed then or later, by any thread.
/// The version range is that of the request's declaration unless overridden.
/// </summary>
internal abstract class RequestHandler<TRequest, TResponse> : RequestHandler
    where TRequest : class, IKafkaRequest<TRequest>
    where TResponse : class, IKafkaResponse<TResponse>
{
    /// <inheritdoc/>
    public sealed override ApiKey ApiKey => TRequest.Key;

    /// <inheritdoc/>
    public override short LowestVersion => TRequest.LowestVersion;

    /// <inheritdoc/>
    public override short HighestVersion => TRequest.HighestVersion;

    /// <inheritdoc/>
    public override bool RunsAlone => false;

    /// <summary>
    /// The answer that says <paramref name="error"/> throughout, for a request that failed unexpectedly. Null if the response type cannot
    /// say it:
    /// the connection is then closed.
    /// </summary>
    internal abstract TResponse? CreateErrorResponse(TRequest request, ErrorCode error, short version);

    /// <inheritdoc/>
    internal sealed override ValueTask DispatchAsync(KafkaConnection connection, in IncomingRequest incoming, ref KafkaReader body)
    {
        TRequest request = TRequest.Read(ref body, incoming.Header.Version);
        var context = new RequestContext<TRequest, TResponse>(incoming, connection, this, request);
        connection.Responses.Add(context);
        ValueTask dispatched;
        try
        {
            dispatched = DispatchAsync(request, context);
        }
        catch (Exception cause)
        {
            context.Fail(cause);
            return ValueTask.CompletedTask;
        }

        return dispatched.IsCompletedSuccessfully ? ValueTask.CompletedTask : AwaitAsync(dispatched, context);
    }

    /// <summary>Starts a request. An exception is logged and answered with <see cref="CreateErrorResponse"/>.</summary>
    /// <param name="request">The message. What it borrows from the frame is valid until the returned task completes.</param>
    /// <param name="context">To be completed once, then or later.</param>
    protected abstract ValueTask DispatchAsync(TRequest request, RequestContext<TResponse> context);

    private static async ValueTask AwaitAsync(ValueTask dispatched, RequestContext<TRequest, TResponse> context)
    {
        try
        {
            await dispatched;
        }
        catch (Exception cause)
        {
            context.Fail(cause);
        }
    }
}
