using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// SyncGroup 0-5. The leader brings the assignment of all members; each is answered with its own when that is there and durable. When the node stops, who waits is told
/// COORDINATOR_NOT_AVAILABLE.
/// </summary>
internal sealed class SyncGroupHandler(Broker broker) : BackgroundRequestHandler<SyncGroupRequest, SyncGroupResponse>
{
    /// <inheritdoc/>
    internal override SyncGroupResponse CreateErrorResponse(SyncGroupRequest request, ErrorCode error, short version) => new() { ErrorCode = error };

    /// <inheritdoc/>
    protected override async ValueTask<SyncGroupResponse> HandleAsync(SyncGroupRequest request, RequestContext context)
    {
        if (request.GroupId.Length == 0)
        {
            return CreateErrorResponse(request, ErrorCode.InvalidGroupId, context.Version);
        }

        await broker.WaitForRoomAsync(context.FrameBytes, context.Cancellation);
        try
        {
            return await broker.Groups.SyncAsync(request, GroupClients.Of(context)).WaitAsync(context.Cancellation);
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            return CreateErrorResponse(request, ErrorCode.CoordinatorNotAvailable, context.Version);
        }
    }
}
