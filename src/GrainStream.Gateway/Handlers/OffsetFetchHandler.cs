using GrainStream.Core.Groups.Offsets;
using GrainStream.Core.Topics;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// OffsetFetch 1-10. Offset -1 where nothing is known, also of topics and groups that are not there, as in Kafka; by id UNKNOWN_TOPIC_ID. Null topics ask for all
/// (version 2 on), version 8 on for several groups (KIP-709). <c>require_stable</c> changes nothing: there are no transactions.
/// </summary>
internal sealed class OffsetFetchHandler(Broker broker) : BackgroundRequestHandler<OffsetFetchRequest, OffsetFetchResponse>
{
    private const short LowestVersionWithError = 2;
    private const short LowestVersionWithGroups = 8;
    private const short LowestVersionWithIds = 10;

    /// <inheritdoc/>
    internal override OffsetFetchResponse CreateErrorResponse(OffsetFetchRequest request, ErrorCode error, short version) =>
        version >= LowestVersionWithGroups
            ? new() { Groups = Array.ConvertAll(request.Groups, group => new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = group.GroupId, ErrorCode = error }) }
            : ToSingle(request, new() { ErrorCode = error }, version);

    /// <inheritdoc/>
    protected override async ValueTask<OffsetFetchResponse> HandleAsync(OffsetFetchRequest request, RequestContext context)
    {
        if (context.Version >= LowestVersionWithGroups)
        {
            return new OffsetFetchResponse
            {
                Groups = await Task.WhenAll(request.Groups.Select(group => FetchAsync(group, context.Version))),
            };
        }

        var single = new OffsetFetchRequest.OffsetFetchRequestGroup
        {
            GroupId = request.GroupId,
            Topics = request.Topics is null ? null : Array.ConvertAll(request.Topics, static topic => new OffsetFetchRequest.OffsetFetchRequestTopics
            {
                Name = topic.Name,
                PartitionIndexes = topic.PartitionIndexes,
            }),
        };
        return ToSingle(request, await FetchAsync(single, context.Version), context.Version);
    }

    private async Task<OffsetFetchResponse.OffsetFetchResponseGroup> FetchAsync(OffsetFetchRequest.OffsetFetchRequestGroup asked, short version)
    {
        List<PartitionId>? partitions = asked.Topics is null ? null : Collect(asked.Topics, version);
        FetchedOffsets fetched = await broker.Groups.FetchOffsetsAsync(asked.GroupId, new FetchOffsets(partitions, asked.MemberId, asked.MemberEpoch));
        var group = new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = asked.GroupId, ErrorCode = fetched.Error };
        if (fetched.Error == ErrorCode.None)
        {
            group.Topics = asked.Topics is null ? All(fetched, version) : Asked(asked.Topics, fetched, version);
        }

        return group;
    }

    private bool TryFind(OffsetFetchRequest.OffsetFetchRequestTopics asked, short version, out Topic? topic) => version >= LowestVersionWithIds
        ? broker.Topics.Catalog.TryFind(new TopicId(asked.TopicId), out topic)
        : broker.Topics.Catalog.TryFind(asked.Name, out topic);

    private List<PartitionId> Collect(OffsetFetchRequest.OffsetFetchRequestTopics[] topics, short version)
    {
        var partitions = new List<PartitionId>();
        foreach (OffsetFetchRequest.OffsetFetchRequestTopics asked in topics)
        {
            if (TryFind(asked, version, out Topic? topic))
            {
                partitions.AddRange(asked.PartitionIndexes.Select(index => new PartitionId(topic!.Id, index)));
            }
        }

        return partitions;
    }

    private OffsetFetchResponse.OffsetFetchResponseTopics[] Asked(
        OffsetFetchRequest.OffsetFetchRequestTopics[] topics, FetchedOffsets fetched, short version)
    {
        // By id and not by place: a topic may have come or gone since they were collected.
        var found = new Dictionary<PartitionId, CommittedOffset?>();
        foreach (FetchedOffset offset in fetched.Offsets)
        {
            found[offset.Partition] = offset.Committed;
        }

        return Array.ConvertAll(topics, asked =>
        {
            bool isKnown = TryFind(asked, version, out Topic? topic);
            ErrorCode error = isKnown || version < LowestVersionWithIds ? ErrorCode.None : ErrorCode.UnknownTopicId;
            return new OffsetFetchResponse.OffsetFetchResponseTopics
            {
                Name = asked.Name,
                TopicId = asked.TopicId,
                Partitions = Array.ConvertAll(asked.PartitionIndexes, index => Answer(
                    index, isKnown ? found.GetValueOrDefault(new PartitionId(topic!.Id, index)) : null, error)),
            };
        });
    }

    private OffsetFetchResponse.OffsetFetchResponseTopics[] All(FetchedOffsets fetched, short version) =>
    [
        .. fetched.Offsets.GroupBy(static offset => offset.Partition.Topic)
            .Select(offsets => (IsKnown: broker.Topics.Catalog.TryFind(offsets.Key, out Topic? topic), Topic: topic, Offsets: offsets))
            .Where(static found => found.IsKnown)
            .Select(found => new OffsetFetchResponse.OffsetFetchResponseTopics
            {
                Name = version >= LowestVersionWithIds ? "" : found.Topic!.Name,
                TopicId = version >= LowestVersionWithIds ? found.Topic!.Id.Value : Guid.Empty,
                Partitions = [.. found.Offsets.Select(static offset => Answer(offset.Partition.Index, offset.Committed, ErrorCode.None))],
            }),
    ];

    private static OffsetFetchResponse.OffsetFetchResponsePartitions Answer(int index, CommittedOffset? committed, ErrorCode error) => new()
    {
        PartitionIndex = index,
        CommittedOffset = committed?.Offset.Value ?? -1,
        CommittedLeaderEpoch = committed?.LeaderEpoch ?? -1,
        Metadata = committed?.Metadata ?? "",
        ErrorCode = error,
    };

    // The layout up to version 7. Version 1 has no error but those of partitions.
    private static OffsetFetchResponse ToSingle(OffsetFetchRequest request, OffsetFetchResponse.OffsetFetchResponseGroup group, short version)
    {
        if (group.ErrorCode != ErrorCode.None)
        {
            return new OffsetFetchResponse
            {
                ErrorCode = group.ErrorCode,
                Topics = version >= LowestVersionWithError ? [] : Array.ConvertAll(request.Topics ?? [], topic => new OffsetFetchResponse.OffsetFetchResponseTopic
                {
                    Name = topic.Name,
                    Partitions = Array.ConvertAll(topic.PartitionIndexes, index => new OffsetFetchResponse.OffsetFetchResponsePartition
                    {
                        PartitionIndex = index,
                        CommittedOffset = -1,
                        Metadata = "",
                        ErrorCode = group.ErrorCode,
                    }),
                }),
            };
        }

        return new OffsetFetchResponse
        {
            Topics = Array.ConvertAll(group.Topics, static topic => new OffsetFetchResponse.OffsetFetchResponseTopic
            {
                Name = topic.Name,
                Partitions = Array.ConvertAll(topic.Partitions, static partition => new OffsetFetchResponse.OffsetFetchResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    CommittedOffset = partition.CommittedOffset,
                    CommittedLeaderEpoch = partition.CommittedLeaderEpoch,
                    Metadata = partition.Metadata,
                    ErrorCode = partition.ErrorCode,
                }),
            }),
        };
    }
}
