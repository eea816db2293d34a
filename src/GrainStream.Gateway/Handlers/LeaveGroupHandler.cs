using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>LeaveGroup 0-5. From version 3 on several members at once, static ones also by their instance alone (KIP-345), each with an outcome of its own.</summary>
internal sealed class LeaveGroupHandler(Broker broker) : BackgroundRequestHandler<LeaveGroupRequest, LeaveGroupResponse>
{
    /// <inheritdoc/>
    internal override LeaveGroupResponse CreateErrorResponse(LeaveGroupRequest request, ErrorCode error, short version) => new() { ErrorCode = error };

    /// <inheritdoc/>
    protected override async ValueTask<LeaveGroupResponse> HandleAsync(LeaveGroupRequest request, RequestContext context) => request.GroupId.Length == 0
        ? CreateErrorResponse(request, ErrorCode.InvalidGroupId, context.Version)
        : await broker.Groups.LeaveAsync(request, GroupClients.Of(context));
}
