using GrainStream.Protocol.Messages;

namespace GrainStream.Gateway.Requests;

/// <summary>
/// Serves an API whose requests run one at a time on their connection: each sees what the ones before it did, and a connection never holds
/// more than one of their answers, which may be large. For everything that is not on the path of records.
/// </summary>
internal abstract class SerialRequestHandler<TRequest, TResponse> : RequestHandler<TRequest, TResponse>
    where TRequest : class, IKafkaRequest<TRequest>
    where TResponse : class, IKafkaResponse<TResponse>
{
    /// <inheritdoc/>
    public sealed override bool RunsAlone => true;

    /// <summary>Answers a request. An exception is logged and answered with the handler's error response.</summary>
    protected abstract ValueTask<TResponse> HandleAsync(TRequest request, RequestContext context);

    /// <inheritdoc/>
    protected sealed override async ValueTask DispatchAsync(TRequest request, RequestContext<TResponse> context) =>
        context.Complete(await HandleAsync(request, context));
}
