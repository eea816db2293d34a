using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// Fetch 4-18. Answers with whole batches, byte for byte as stored, from the one that holds the asked offset up to the high watermark; waits for
/// <c>min_bytes</c> up to <c>max_wait_ms</c> without polling. At least one batch is returned even beyond the byte limits (KIP-74).
/// Deviations: no fetch sessions (KIP-227): a request that opens one is answered in full with session id 0, which tells clients to go on with
/// full requests; one that continues a session gets FETCH_SESSION_ID_NOT_FOUND. <c>max_bytes</c> above 64 MiB counts as 64 MiB.
/// </summary>
internal sealed class FetchHandler(Broker broker, TimeProvider clock) : RequestHandler<FetchRequest, FetchResponse>
{
    private const int NoSession = 0;
    private const int InitialEpoch = 0;
    private const int FinalEpoch = -1;

    internal override FetchResponse CreateErrorResponse(FetchRequest request, ErrorCode error, short version)
    {
        var response = new FetchResponse { Responses = FetchOperation.CreateTopics(request, error) };
        if (version >= 7)
        {
            response.ErrorCode = error;
        }

        return response;
    }

    protected override ValueTask DispatchAsync(FetchRequest request, RequestContext<FetchResponse> context)
    {
        bool continuesSession = request.SessionId != NoSession && request.SessionEpoch != FinalEpoch;
        if (continuesSession || request.SessionEpoch > InitialEpoch)
        {
            ErrorCode error = request.SessionId == NoSession ? ErrorCode.InvalidFetchSessionEpoch : ErrorCode.FetchSessionIdNotFound;
            context.Complete(new FetchResponse { ErrorCode = error });
            return ValueTask.CompletedTask;
        }

        if (request.ReplicaId >= 0 || request.ReplicaState is { ReplicaId: >= 0 })
        {
            // Followers replicate by a protocol of our own.
            context.Complete(CreateErrorResponse(request, ErrorCode.NotLeaderOrFollower, context.Version));
            return ValueTask.CompletedTask;
        }

        // The message borrows nothing from the frame: the fetch may wait while the connection's next requests are dispatched.
        _ = new FetchOperation(broker, clock, request, context).RunAsync();
        return ValueTask.CompletedTask;
    }
}
