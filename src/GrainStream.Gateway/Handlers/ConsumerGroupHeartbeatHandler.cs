using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// ConsumerGroupHeartbeat 0-1 (KIP-848). A member joins, lives, moves partitions and leaves; the broker assigns partitions. A group that is not there is created for a
/// member that joins.
/// Deviations: a group id has at most 1,024 characters (INVALID_GROUP_ID). While partitions move, a shorter heartbeat interval is answered than the one configured. A member that joins
/// under an id the group knows is given its partitions again, not fenced. Patterns are RE2's as far as .NET reads them. See docs/groups.md.
/// </summary>
internal sealed class ConsumerGroupHeartbeatHandler(Broker broker) : BackgroundRequestHandler<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>
{
    /// <inheritdoc/>
    internal override ConsumerGroupHeartbeatResponse CreateErrorResponse(ConsumerGroupHeartbeatRequest request, ErrorCode error, short version) =>
        new() { ErrorCode = error };

    /// <inheritdoc/>
    protected override async ValueTask<ConsumerGroupHeartbeatResponse> HandleAsync(ConsumerGroupHeartbeatRequest request, RequestContext context)
    {
        if (request.GroupId.Length == 0)
        {
            return CreateErrorResponse(request, ErrorCode.InvalidGroupId, context.Version);
        }

        if (request.MemberEpoch == 0)
        {
            // Who is a member already must not lose its session because the journal is full: what its heartbeats add is little.
            await broker.WaitForRoomAsync(context.FrameBytes, context.Cancellation);
        }

        return await broker.Groups.ConsumerHeartbeatAsync(request, GroupClients.Of(context));
    }
}
