using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// JoinGroup 0-9. Answered when the group's next generation begins, or at once with an error; from version 4 on a new member is first given an id (KIP-394). A group
/// that is not there is created for a new member. When the connection ends the member stays in the group until its session times out, as in Kafka; when the node
/// stops, who waits is told COORDINATOR_NOT_AVAILABLE.
/// Deviations: a group id has at most 1,024 characters (INVALID_GROUP_ID).
/// </summary>
internal sealed class JoinGroupHandler(Broker broker) : BackgroundRequestHandler<JoinGroupRequest, JoinGroupResponse>
{
    private const short LowestVersionWithNullName = 7;

    /// <inheritdoc/>
    internal override JoinGroupResponse CreateErrorResponse(JoinGroupRequest request, ErrorCode error, short version) =>
        Fit(new JoinGroupResponse { ErrorCode = error, MemberId = request.MemberId }, version);

    /// <inheritdoc/>
    protected override async ValueTask<JoinGroupResponse> HandleAsync(JoinGroupRequest request, RequestContext context)
    {
        if (request.GroupId.Length == 0)
        {
            return CreateErrorResponse(request, ErrorCode.InvalidGroupId, context.Version);
        }

        await broker.WaitForRoomAsync(context.FrameBytes, context.Cancellation);
        try
        {
            return Fit(await broker.Groups.JoinAsync(request, GroupClients.Of(context)).WaitAsync(context.Cancellation), context.Version);
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            return CreateErrorResponse(request, ErrorCode.CoordinatorNotAvailable, context.Version);
        }
    }

    private static JoinGroupResponse Fit(JoinGroupResponse response, short version)
    {
        if (version < LowestVersionWithNullName)
        {
            response.ProtocolName ??= "";
        }

        return response;
    }
}
