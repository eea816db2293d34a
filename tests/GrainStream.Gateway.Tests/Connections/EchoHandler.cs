using System.Collections.Concurrent;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;

namespace GrainStream.Gateway.Tests.Connections;

/// <summary>Lets a test see each dispatched request and complete it when and how it likes.</summary>
internal sealed class EchoHandler : RequestHandler<EchoRequest, EchoResponse>
{
    /// <summary>Dispatched and not completed by <see cref="OnDispatch"/>, in order.</summary>
    public ConcurrentQueue<(EchoRequest Request, RequestContext<EchoResponse> Context)> Held { get; } = new();

    /// <summary>What happens on dispatch; requests are held by default.</summary>
    public Func<EchoRequest, RequestContext<EchoResponse>, ValueTask>? OnDispatch { get; set; }

    /// <summary>What an unexpected failure is answered with; null closes the connection.</summary>
    public Func<EchoRequest, ErrorCode, EchoResponse?> OnError { get; set; } =
        (request, error) => new EchoResponse { Number = request.Number, Error = error };

    /// <summary>Requests dispatched so far.</summary>
    public int Dispatched => Volatile.Read(ref _dispatched);

    public override int MaxFrameBytes => 10_000_000;

    private int _dispatched;

    /// <summary>Answers every request at once.</summary>
    public static ValueTask AnswerAtOnce(EchoRequest request, RequestContext<EchoResponse> context)
    {
        context.Complete(new EchoResponse { Number = request.Number });
        return ValueTask.CompletedTask;
    }

    internal override EchoResponse? CreateErrorResponse(EchoRequest request, ErrorCode error, short version) => OnError(request, error);

    protected override ValueTask DispatchAsync(EchoRequest request, RequestContext<EchoResponse> context)
    {
        Interlocked.Increment(ref _dispatched);
        if (OnDispatch is not null)
        {
            return OnDispatch(request, context);
        }

        Held.Enqueue((request, context));
        return ValueTask.CompletedTask;
    }
}
