using GrainStream.Core.Groups.Offsets;
using GrainStream.Core.Topics;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// OffsetDelete 0 (KIP-496). Makes a group forget offsets; not those of topics that members are subscribed to (GROUP_SUBSCRIBED_TO_TOPIC). Partitions that are not there
/// are UNKNOWN_TOPIC_OR_PARTITION, partitions without an offset are no error.
/// </summary>
internal sealed class OffsetDeleteHandler(Broker broker) : BackgroundRequestHandler<OffsetDeleteRequest, OffsetDeleteResponse>
{
    /// <inheritdoc/>
    internal override OffsetDeleteResponse CreateErrorResponse(OffsetDeleteRequest request, ErrorCode error, short version) => new() { ErrorCode = error };

    /// <inheritdoc/>
    protected override async ValueTask<OffsetDeleteResponse> HandleAsync(OffsetDeleteRequest request, RequestContext context)
    {
        var asked = new List<PartitionId>();
        OffsetDeleteResponse.OffsetDeleteResponseTopic[] topics = Array.ConvertAll(request.Topics, topic => new OffsetDeleteResponse.OffsetDeleteResponseTopic
        {
            Name = topic.Name,
            Partitions = Array.ConvertAll(topic.Partitions, partition =>
            {
                bool isKnown = broker.Topics.Catalog.TryFind(topic.Name, out Topic? found) && (uint)partition.PartitionIndex < (uint)found.PartitionCount;
                if (isKnown)
                {
                    asked.Add(new PartitionId(found!.Id, partition.PartitionIndex));
                }

                return new OffsetDeleteResponse.OffsetDeleteResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = isKnown ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition,
                };
            }),
        });
        DeletedOffsets deleted = await broker.Groups.DeleteOffsetsAsync(request.GroupId, asked);
        if (deleted.Error != ErrorCode.None)
        {
            return new OffsetDeleteResponse { ErrorCode = deleted.Error };
        }

        int next = 0;
        foreach (OffsetDeleteResponse.OffsetDeleteResponsePartition partition in topics.SelectMany(static topic => topic.Partitions))
        {
            if (partition.ErrorCode == ErrorCode.None)
            {
                partition.ErrorCode = deleted.Partitions[next++];
            }
        }

        return new OffsetDeleteResponse { Topics = topics };
    }
}
