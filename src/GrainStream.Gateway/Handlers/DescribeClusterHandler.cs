using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// DescribeCluster 0-2. One broker, which is also named as the controller. Controllers cannot be asked for (MISMATCHED_ENDPOINT_TYPE, as a
/// Kafka broker
/// answers); no broker is ever fenced.
/// </summary>
internal sealed class DescribeClusterHandler(Broker broker, AdvertisedListener listener)
    : SerialRequestHandler<DescribeClusterRequest, DescribeClusterResponse>
{
    private const sbyte Brokers = 1;
    private const sbyte Controllers = 2;

    /// <inheritdoc/>
    internal override DescribeClusterResponse CreateErrorResponse(DescribeClusterRequest request, ErrorCode error, short version) =>
        Refuse(request, error, null);

    /// <inheritdoc/>
    protected override ValueTask<DescribeClusterResponse> HandleAsync(DescribeClusterRequest request, RequestContext context) =>
        ValueTask.FromResult(request.EndpointType switch
        {
            Brokers => Describe(request, context),
            Controllers => Refuse(request, ErrorCode.MismatchedEndpointType, "This is a broker: ask it for endpoint type 1 (brokers)."),
            _ => Refuse(request, ErrorCode.UnsupportedEndpointType, $"No endpoint type {request.EndpointType}: ask for 1 (brokers)."),
        });

    private static DescribeClusterResponse Refuse(DescribeClusterRequest request, ErrorCode error, string? message) =>
        new() { ErrorCode = error, ErrorMessage = message, EndpointType = request.EndpointType };

    private DescribeClusterResponse Describe(DescribeClusterRequest request, RequestContext context)
    {
        (string host, int port) = listener.For(context);
        return new DescribeClusterResponse
        {
            ClusterId = broker.Identity.ClusterId,
            ControllerId = broker.Identity.NodeId,
            Brokers = [new DescribeClusterResponse.DescribeClusterBroker { BrokerId = broker.Identity.NodeId, Host = host, Port = port }],
            ClusterAuthorizedOperations = request.IncludeClusterAuthorizedOperations
                ? AuthorizedOperations.Cluster
                : AuthorizedOperations.NotAskedFor,
        };
    }
}
