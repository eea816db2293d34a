using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;
using GrainStream.Runtime.Groups;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// ListGroups 0-5, in order of name, filtered by state (version 4 on) and type (version 5 on), whatever their case. A group that cannot be rebuilt from its log is listed
/// with state and type Unknown.
/// </summary>
internal sealed class ListGroupsHandler(Broker broker) : BackgroundRequestHandler<ListGroupsRequest, ListGroupsResponse>
{
    private const string Unknown = "Unknown";

    /// <inheritdoc/>
    internal override ListGroupsResponse CreateErrorResponse(ListGroupsRequest request, ErrorCode error, short version) => new() { ErrorCode = error };

    /// <inheritdoc/>
    protected override async ValueTask<ListGroupsResponse> HandleAsync(ListGroupsRequest request, RequestContext context) => new()
    {
        Groups =
        [
            .. (await broker.Groups.ListAsync())
                .Select(static group => Describe(group))
                .Where(group => Matches(request.StatesFilter, group.GroupState) && Matches(request.TypesFilter, group.GroupType)),
        ],
    };

    private static ListGroupsResponse.ListedGroup Describe(ListedGroup group) => new()
    {
        GroupId = group.Name,
        ProtocolType = group.Overview?.ProtocolType ?? "",
        GroupState = group.Overview?.State.ToString() ?? Unknown,

        // Kafka writes types small and states large.
        GroupType = group.Overview is null ? Unknown : group.Overview.Type == Core.Groups.GroupType.Consumer ? "consumer" : "classic",
    };

    private static bool Matches(string[] filter, string value) => filter.Length == 0 || filter.Contains(value, StringComparer.OrdinalIgnoreCase);
}
