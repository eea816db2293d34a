using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>ConsumerGroupDescribe 0-1 (KIP-848): groups of the consumer protocol. Any other is GROUP_ID_NOT_FOUND.</summary>
internal sealed class ConsumerGroupDescribeHandler(Broker broker) : BackgroundRequestHandler<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>
{
    /// <inheritdoc/>
    internal override ConsumerGroupDescribeResponse CreateErrorResponse(ConsumerGroupDescribeRequest request, ErrorCode error, short version) => new()
    {
        Groups = Array.ConvertAll(request.GroupIds, group => new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = group, ErrorCode = error }),
    };

    /// <inheritdoc/>
    protected override async ValueTask<ConsumerGroupDescribeResponse> HandleAsync(ConsumerGroupDescribeRequest request, RequestContext context)
    {
        var response = new ConsumerGroupDescribeResponse
        {
            Groups = await Task.WhenAll(request.GroupIds.Select(async group => await broker.Groups.DescribeConsumerAsync(group, context.Version)
                ?? new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = group, ErrorCode = ErrorCode.GroupIdNotFound, ErrorMessage = $"There is no group {group}." })),
        };
        foreach (ConsumerGroupDescribeResponse.DescribedGroup group in response.Groups)
        {
            if (request.IncludeAuthorizedOperations && group.ErrorCode == ErrorCode.None)
            {
                group.AuthorizedOperations = AuthorizedOperations.Group;
            }
        }

        return response;
    }
}
