using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>Heartbeat 0-4. A member is alive; REBALANCE_IN_PROGRESS asks it to join again.</summary>
internal sealed class HeartbeatHandler(Broker broker) : BackgroundRequestHandler<HeartbeatRequest, HeartbeatResponse>
{
    /// <inheritdoc/>
    internal override HeartbeatResponse CreateErrorResponse(HeartbeatRequest request, ErrorCode error, short version) => new() { ErrorCode = error };

    /// <inheritdoc/>
    protected override async ValueTask<HeartbeatResponse> HandleAsync(HeartbeatRequest request, RequestContext context) => request.GroupId.Length == 0
        ? CreateErrorResponse(request, ErrorCode.InvalidGroupId, context.Version)
        : await broker.Groups.HeartbeatAsync(request, GroupClients.Of(context));
}
