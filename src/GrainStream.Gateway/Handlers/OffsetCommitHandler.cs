using GrainStream.Core.Groups.Offsets;
using GrainStream.Core.Topics;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// OffsetCommit 2-10. Answered when the offsets are on stable storage. Partitions that are not there are refused one by one (UNKNOWN_TOPIC_OR_PARTITION, by id
/// UNKNOWN_TOPIC_ID), and so are offsets below 0 (INVALID_REQUEST); the rest is committed all or none. A group that is not there is created for a client that only keeps
/// offsets. <c>retention_time_ms</c> (up to version 4) is kept to.
/// Deviations: offsets belong to the topic, not to its name: one created again under the same name starts afresh.
/// </summary>
internal sealed class OffsetCommitHandler(Broker broker) : BackgroundRequestHandler<OffsetCommitRequest, OffsetCommitResponse>
{
    private const short LowestVersionWithIds = 10;

    /// <inheritdoc/>
    internal override OffsetCommitResponse CreateErrorResponse(OffsetCommitRequest request, ErrorCode error, short version) => new()
    {
        Topics = Array.ConvertAll(request.Topics, topic => new OffsetCommitResponse.OffsetCommitResponseTopic
        {
            Name = topic.Name,
            TopicId = topic.TopicId,
            Partitions = Array.ConvertAll(topic.Partitions, partition => new OffsetCommitResponse.OffsetCommitResponsePartition
            {
                PartitionIndex = partition.PartitionIndex,
                ErrorCode = error,
            }),
        }),
    };

    /// <inheritdoc/>
    protected override async ValueTask<OffsetCommitResponse> HandleAsync(OffsetCommitRequest request, RequestContext context)
    {
        OffsetCommitResponse response = CreateErrorResponse(request, ErrorCode.None, context.Version);
        List<OffsetToCommit> offsets = Collect(request, response, context.Version);
        if (offsets.Count == 0)
        {
            return response;
        }

        // Commits come in any number, and must not outrun what moves the journal on.
        await broker.WaitForRoomAsync(context.FrameBytes, context.Cancellation);
        var commit = new CommitOffsets(
            request.MemberId,
            request.GenerationIdOrMemberEpoch,
            request.GroupInstanceId,
            context.Version,
            request.RetentionTimeMs < 0 ? null : request.RetentionTimeMs,
            offsets);
        Set(response, await broker.Groups.CommitAsync(request.GroupId, commit));
        return response;
    }

    private List<OffsetToCommit> Collect(OffsetCommitRequest request, OffsetCommitResponse response, short version)
    {
        var offsets = new List<OffsetToCommit>();
        for (int i = 0; i < request.Topics.Length; i++)
        {
            OffsetCommitRequest.OffsetCommitRequestTopic asked = request.Topics[i];
            Topic? topic;
            bool isKnown = version >= LowestVersionWithIds
                ? broker.Topics.Catalog.TryFind(new TopicId(asked.TopicId), out topic)
                : broker.Topics.Catalog.TryFind(asked.Name, out topic);
            for (int j = 0; j < asked.Partitions.Length; j++)
            {
                OffsetCommitRequest.OffsetCommitRequestPartition partition = asked.Partitions[j];
                ErrorCode error = !isKnown ? (version >= LowestVersionWithIds ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition)
                    : (uint)partition.PartitionIndex >= (uint)topic!.PartitionCount ? ErrorCode.UnknownTopicOrPartition
                    : partition.CommittedOffset < 0 ? ErrorCode.InvalidRequest
                    : ErrorCode.None;
                response.Topics[i].Partitions[j].ErrorCode = error;
                if (error == ErrorCode.None)
                {
                    offsets.Add(new OffsetToCommit(
                        new PartitionId(topic!.Id, partition.PartitionIndex),
                        new Offset(partition.CommittedOffset),
                        partition.CommittedLeaderEpoch,
                        partition.CommittedMetadata ?? ""));
                }
            }
        }

        return offsets;
    }

    // The outcomes are those of the partitions that were not refused before, in order.
    private static void Set(OffsetCommitResponse response, IReadOnlyList<ErrorCode> outcomes)
    {
        int next = 0;
        foreach (OffsetCommitResponse.OffsetCommitResponseTopic topic in response.Topics)
        {
            foreach (OffsetCommitResponse.OffsetCommitResponsePartition partition in topic.Partitions)
            {
                if (partition.ErrorCode == ErrorCode.None)
                {
                    partition.ErrorCode = outcomes[next++];
                }
            }
        }
    }
}
