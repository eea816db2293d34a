using GrainStream.Core.Groups;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// DescribeGroups 0-6: groups of the classic protocol. A group that is not there, or is one of the consumer protocol, is described as Dead; from version 6 on it is
/// GROUP_ID_NOT_FOUND (KIP-1043).
/// </summary>
internal sealed class DescribeGroupsHandler(Broker broker) : BackgroundRequestHandler<DescribeGroupsRequest, DescribeGroupsResponse>
{
    private const short LowestVersionWithNotFound = 6;

    /// <inheritdoc/>
    internal override DescribeGroupsResponse CreateErrorResponse(DescribeGroupsRequest request, ErrorCode error, short version) => new()
    {
        Groups = Array.ConvertAll(request.Groups, group => new DescribeGroupsResponse.DescribedGroup { GroupId = group, ErrorCode = error }),
    };

    /// <inheritdoc/>
    protected override async ValueTask<DescribeGroupsResponse> HandleAsync(DescribeGroupsRequest request, RequestContext context)
    {
        var response = new DescribeGroupsResponse
        {
            Groups = await Task.WhenAll(request.Groups.Select(async group =>
                await broker.Groups.DescribeAsync(group, context.Version) ?? NotFound(group, context.Version))),
        };
        foreach (DescribeGroupsResponse.DescribedGroup group in response.Groups)
        {
            if (request.IncludeAuthorizedOperations && group.ErrorCode == ErrorCode.None)
            {
                group.AuthorizedOperations = AuthorizedOperations.Group;
            }
        }

        return response;
    }

    private static DescribeGroupsResponse.DescribedGroup NotFound(string group, short version) => version < LowestVersionWithNotFound
        ? new() { GroupId = group, GroupState = nameof(GroupState.Dead) }
        : new() { GroupId = group, GroupState = nameof(GroupState.Dead), ErrorCode = ErrorCode.GroupIdNotFound, ErrorMessage = $"There is no group {group}." };
}
