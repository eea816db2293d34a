using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client.Grouping;

/// <summary>Reads and writes a group's offsets, for members and for those who are none.</summary>
internal sealed class GroupOffsetCalls(CoordinatorCalls calls)
{
    /// <summary>All offsets the group has, or those of some partitions. Partitions without one are left out.</summary>
    /// <param name="partitions">Null for all.</param>
    /// <param name="member">The member that asks; null for nobody.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="KafkaErrorException">It was refused.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, CommittedOffset>> FetchAsync(
        IReadOnlyCollection<TopicPartition>? partitions, MemberIdentity? member, CancellationToken cancellation)
    {
        OffsetFetchResponse response = await calls.RetryAsync<OffsetFetchRequest, OffsetFetchResponse>(
            version => version >= 8 ? RequestForGroups(partitions, member) : RequestForOne(partitions),
            answer => answer.Groups.Length > 0 ? answer.Groups[0].ErrorCode : answer.ErrorCode,
            cancellation,
            CoordinatorCalls.LastVersionWithNames);
        ErrorCode error = response.Groups.Length > 0 ? response.Groups[0].ErrorCode : response.ErrorCode;
        if (error != ErrorCode.None)
        {
            throw new KafkaErrorException(error, ApiKey.OffsetFetch, $"Cannot read the offsets of group {calls.Group}");
        }

        Dictionary<TopicPartition, CommittedOffset> offsets = [];
        foreach ((TopicPartition partition, CommittedOffset offset, ErrorCode failure) in Entries(response))
        {
            if (failure is not (ErrorCode.None or ErrorCode.UnknownTopicOrPartition))
            {
                throw new KafkaErrorException(failure, ApiKey.OffsetFetch, $"Cannot read the offset of group {calls.Group} in {partition}");
            }

            if (failure == ErrorCode.None && offset.Offset >= 0)
            {
                offsets[partition] = offset;
            }
        }

        return offsets;
    }

    /// <summary>Notes offsets for the group. Returns the error of each partition that was refused.</summary>
    /// <param name="offsets">What to note.</param>
    /// <param name="member">The member that commits; null for nobody, which the group allows when it has no members.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<IReadOnlyDictionary<TopicPartition, ErrorCode>> CommitAsync(
        IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, MemberIdentity? member, CancellationToken cancellation)
    {
        OffsetCommitRequest request = new()
        {
            GroupId = calls.Group,
            MemberId = member?.MemberId ?? "",
            GenerationIdOrMemberEpoch = member?.GenerationOrEpoch ?? -1,
            GroupInstanceId = member?.InstanceId,
            Topics = [.. offsets.GroupBy(offset => offset.Key.Topic).Select(topic => new OffsetCommitRequest.OffsetCommitRequestTopic
            {
                Name = topic.Key,
                Partitions = [.. topic.Select(partition => new OffsetCommitRequest.OffsetCommitRequestPartition
                {
                    PartitionIndex = partition.Key.Partition,
                    CommittedOffset = partition.Value.Offset,
                    CommittedLeaderEpoch = partition.Value.LeaderEpoch,
                    CommittedMetadata = partition.Value.Metadata,
                })],
            })],
        };
        OffsetCommitResponse response = await calls.RetryAsync<OffsetCommitRequest, OffsetCommitResponse>(
            _ => request,
            answer => answer.Topics.SelectMany(topic => topic.Partitions).Select(partition => partition.ErrorCode).FirstOrDefault(error => error != ErrorCode.None),
            cancellation,
            CoordinatorCalls.LastVersionWithNames);
        return response.Topics
            .SelectMany(topic => topic.Partitions.Select(partition => (Partition: new TopicPartition(topic.Name, partition.PartitionIndex), partition.ErrorCode)))
            .Where(outcome => outcome.ErrorCode != ErrorCode.None)
            .ToDictionary(outcome => outcome.Partition, outcome => outcome.ErrorCode);
    }

    private static IEnumerable<(TopicPartition Partition, CommittedOffset Offset, ErrorCode Error)> Entries(OffsetFetchResponse response) =>
        response.Groups.Length > 0
            ? response.Groups[0].Topics.SelectMany(topic => topic.Partitions.Select(partition => (
                new TopicPartition(topic.Name, partition.PartitionIndex),
                new CommittedOffset(partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.Metadata ?? ""),
                partition.ErrorCode)))
            : response.Topics.SelectMany(topic => topic.Partitions.Select(partition => (
                new TopicPartition(topic.Name, partition.PartitionIndex),
                new CommittedOffset(partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.Metadata ?? ""),
                partition.ErrorCode)));

    private OffsetFetchRequest RequestForGroups(IReadOnlyCollection<TopicPartition>? partitions, MemberIdentity? member) => new()
    {
        Groups =
        [
            new OffsetFetchRequest.OffsetFetchRequestGroup
            {
                GroupId = calls.Group,
                MemberId = member?.IsOfConsumerProtocol == true ? member.MemberId : null,
                MemberEpoch = member?.IsOfConsumerProtocol == true ? member.GenerationOrEpoch : -1,
                Topics = partitions?.GroupBy(partition => partition.Topic).Select(topic => new OffsetFetchRequest.OffsetFetchRequestTopics
                {
                    Name = topic.Key,
                    PartitionIndexes = [.. topic.Select(partition => partition.Partition)],
                }).ToArray(),
            },
        ],
    };

    private OffsetFetchRequest RequestForOne(IReadOnlyCollection<TopicPartition>? partitions) => new()
    {
        GroupId = calls.Group,
        Topics = partitions?.GroupBy(partition => partition.Topic).Select(topic => new OffsetFetchRequest.OffsetFetchRequestTopic
        {
            Name = topic.Key,
            PartitionIndexes = [.. topic.Select(partition => partition.Partition)],
        }).ToArray(),
    };
}
