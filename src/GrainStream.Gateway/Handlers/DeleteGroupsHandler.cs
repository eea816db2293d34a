using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// DeleteGroups 0-2. Deletes groups without members, with all they have committed, each on its own (NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND); the answer comes when the
/// deletion is durable. A group named twice is deleted once.
/// </summary>
internal sealed class DeleteGroupsHandler(Broker broker) : BackgroundRequestHandler<DeleteGroupsRequest, DeleteGroupsResponse>
{
    /// <inheritdoc/>
    internal override DeleteGroupsResponse CreateErrorResponse(DeleteGroupsRequest request, ErrorCode error, short version) => new()
    {
        Results = [.. request.GroupsNames.Distinct(StringComparer.Ordinal).Select(group => Answer(group, error))],
    };

    /// <inheritdoc/>
    protected override async ValueTask<DeleteGroupsResponse> HandleAsync(DeleteGroupsRequest request, RequestContext context) => new()
    {
        Results = await Task.WhenAll(request.GroupsNames.Distinct(StringComparer.Ordinal)
            .Select(async group => Answer(group, await broker.Groups.DeleteAsync(group)))),
    };

    private static DeleteGroupsResponse.DeletableGroupResult Answer(string group, ErrorCode error) => new() { GroupId = group, ErrorCode = error };
}
