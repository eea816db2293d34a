using GrainStream.Protocol.Messages;

namespace GrainStream.Gateway.Requests;

/// <summary>
/// Serves an API whose requests wait in the background: the connection's next ones are dispatched meanwhile, and answers still go out in order. For messages that
/// borrow nothing from the frame.
/// </summary>
internal abstract class BackgroundRequestHandler<TRequest, TResponse> : RequestHandler<TRequest, TResponse>
    where TRequest : class, IKafkaRequest<TRequest>
    where TResponse : class, IKafkaResponse<TResponse>
{
    /// <summary>Answers a request. Runs to its first wait in the order the requests came. An exception is logged and answered with the handler's error response.</summary>
    protected abstract ValueTask<TResponse> HandleAsync(TRequest request, RequestContext context);

    /// <inheritdoc/>
    protected sealed override ValueTask DispatchAsync(TRequest request, RequestContext<TResponse> context)
    {
        // Owned by the connection, which waits for all its answers before it ends.
        _ = RunAsync(request, context);
        return ValueTask.CompletedTask;
    }

    private async Task RunAsync(TRequest request, RequestContext<TResponse> context)
    {
        try
        {
            context.Complete(await HandleAsync(request, context));
        }
        catch (Exception cause)
        {
            context.Fail(cause);
        }
    }
}
