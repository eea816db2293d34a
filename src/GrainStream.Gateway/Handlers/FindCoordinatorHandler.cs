using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// FindCoordinator 0-6. This node coordinates every group, whether it exists or not; several keys at once from version 4 on (KIP-699).
/// Deviations: transactional ids and share groups are refused with INVALID_REQUEST, which clients take as fatal: there are no transactions and no share groups yet.
/// </summary>
internal sealed class FindCoordinatorHandler(Broker broker, AdvertisedListener listener)
    : SerialRequestHandler<FindCoordinatorRequest, FindCoordinatorResponse>
{
    private const short LowestVersionWithKeys = 4;

    /// <inheritdoc/>
    internal override FindCoordinatorResponse CreateErrorResponse(FindCoordinatorRequest request, ErrorCode error, short version) =>
        Refuse(request, error, null, version);

    /// <inheritdoc/>
    protected override ValueTask<FindCoordinatorResponse> HandleAsync(FindCoordinatorRequest request, RequestContext context) =>
        ValueTask.FromResult(request.KeyType switch
        {
            CoordinatorKeyType.Group => Find(request, context),
            CoordinatorKeyType.Transaction => Refuse(
                request, ErrorCode.InvalidRequest, "This broker has no transactions. Leave out transactional.id.", context.Version),
            CoordinatorKeyType.Share => Refuse(
                request, ErrorCode.InvalidRequest, "This broker has no share groups. Use consumer groups.", context.Version),
            _ => Refuse(request, ErrorCode.InvalidRequest, $"There are no coordinators of type {(sbyte)request.KeyType}.", context.Version),
        });

    private static FindCoordinatorResponse Refuse(FindCoordinatorRequest request, ErrorCode error, string? message, short version) =>
        version < LowestVersionWithKeys
            ? new() { ErrorCode = error, ErrorMessage = message, NodeId = -1, Port = -1 }
            : new()
            {
                Coordinators = Array.ConvertAll(request.CoordinatorKeys, key => new FindCoordinatorResponse.Coordinator
                {
                    Key = key,
                    ErrorCode = error,
                    ErrorMessage = message,
                    NodeId = -1,
                    Port = -1,
                }),
            };

    private FindCoordinatorResponse Find(FindCoordinatorRequest request, RequestContext context)
    {
        (string host, int port) = listener.For(context);
        int node = broker.Identity.NodeId;
        return context.Version < LowestVersionWithKeys
            ? new FindCoordinatorResponse { NodeId = node, Host = host, Port = port }
            : new FindCoordinatorResponse
            {
                Coordinators = Array.ConvertAll(
                    request.CoordinatorKeys, key => new FindCoordinatorResponse.Coordinator { Key = key, NodeId = node, Host = host, Port = port }),
            };
    }
}
