using GrainStream.Client.Clusters;
using GrainStream.Client.Connections;
using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client.Grouping;

/// <summary>Lists, describes and deletes consumer groups, and sets their offsets. Thread-safe.</summary>
public sealed class GroupAdmin
{
    private readonly Cluster _cluster;

    internal GroupAdmin(Cluster cluster)
    {
        _cluster = cluster;
    }

    /// <summary>All groups of the cluster, by id.</summary>
    public async Task<IReadOnlyList<GroupListing>> ListAsync(CancellationToken cancellation = default)
    {
        await _cluster.AskMetadataAsync([], mayCreate: false, cancellation);
        Dictionary<string, GroupListing> groups = new(StringComparer.Ordinal);
        foreach (BrokerMetadata broker in _cluster.Brokers.Values)
        {
            ListGroupsResponse response = await _cluster.Retries.RunAsync(
                async stop =>
                {
                    BrokerConnection connection = await _cluster.ConnectAsync(broker.Id, ConnectionUse.General, stop);
                    ListGroupsResponse answer = await connection.CallAsync<ListGroupsRequest, ListGroupsResponse>(new ListGroupsRequest(), stop);
                    return answer.ErrorCode == ErrorCode.None
                        ? answer
                        : throw new KafkaErrorException(answer.ErrorCode, ApiKey.ListGroups, "Cannot list groups", broker: broker.Address);
                },
                cancellation);
            foreach (ListGroupsResponse.ListedGroup group in response.Groups)
            {
                groups[group.GroupId] = new GroupListing(group.GroupId, group.GroupState, group.GroupType, group.ProtocolType);
            }
        }

        return [.. groups.Values.OrderBy(group => group.Id, StringComparer.Ordinal)];
    }

    /// <summary>A group and its members; null if there is none of that id.</summary>
    /// <exception cref="KafkaErrorException">It was refused.</exception>
    public async Task<GroupDescription?> DescribeAsync(string group, CancellationToken cancellation = default)
    {
        CoordinatorCalls calls = new(_cluster, group);
        if (await calls.HasAsync<ConsumerGroupDescribeRequest>(atLeast: 0, cancellation)
            && await DescribeConsumerGroupAsync(calls, cancellation) is { } described)
        {
            return described;
        }

        DescribeGroupsResponse response = await calls.RetryAsync<DescribeGroupsRequest, DescribeGroupsResponse>(
            _ => new DescribeGroupsRequest { Groups = [group] }, answer => answer.Groups[0].ErrorCode, cancellation);
        DescribeGroupsResponse.DescribedGroup found = response.Groups[0];
        if (found.ErrorCode == ErrorCode.GroupIdNotFound || (found.ErrorCode == ErrorCode.None && found.GroupState == "Dead"))
        {
            return null;
        }

        if (found.ErrorCode != ErrorCode.None)
        {
            throw new KafkaErrorException(found.ErrorCode, ApiKey.DescribeGroups, $"Cannot describe group {group}", found.ErrorMessage);
        }

        return new GroupDescription(
            group,
            found.GroupState,
            "classic",
            found.ProtocolData,
            Epoch: null,
            await CoordinatorOfAsync(group, cancellation),
            [.. found.Members.Select(member => new GroupMember(
                member.MemberId,
                member.GroupInstanceId,
                member.ClientId,
                member.ClientHost,
                Epoch: null,
                EmbeddedProtocol.ReadAssignment(member.MemberAssignment) ?? [])).OrderBy(member => member.Id, StringComparer.Ordinal)]);
    }

    /// <summary>How far a group has come, in every partition for which it has noted an offset.</summary>
    /// <exception cref="KafkaErrorException">It was refused.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, CommittedOffset>> ListOffsetsAsync(string group, CancellationToken cancellation = default) =>
        new GroupOffsetCalls(new CoordinatorCalls(_cluster, group)).FetchAsync(partitions: null, member: null, cancellation);

    /// <summary>Sets offsets of a group that has no members at the moment.</summary>
    /// <exception cref="KafkaErrorException">It was refused, of a group with members by UNKNOWN_MEMBER_ID.</exception>
    public async Task AlterOffsetsAsync(
        string group, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellation = default)
    {
        IReadOnlyDictionary<TopicPartition, ErrorCode> refused =
            await new GroupOffsetCalls(new CoordinatorCalls(_cluster, group)).CommitAsync(offsets, member: null, cancellation);
        if (refused.Count > 0)
        {
            (TopicPartition partition, ErrorCode error) = refused.First();
            throw new KafkaErrorException(
                error is ErrorCode.UnknownMemberId or ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration ? ErrorCode.NonEmptyGroup : error,
                ApiKey.OffsetCommit,
                $"Cannot set the offset of group {group} in {partition}");
        }
    }

    /// <summary>Forgets offsets of a group in partitions of topics that none of its members is subscribed to.</summary>
    /// <exception cref="KafkaErrorException">It was refused.</exception>
    public async Task DeleteOffsetsAsync(string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation = default)
    {
        OffsetDeleteRequest request = new()
        {
            GroupId = group,
            Topics = [.. partitions.GroupBy(partition => partition.Topic).Select(topic => new OffsetDeleteRequest.OffsetDeleteRequestTopic
            {
                Name = topic.Key,
                Partitions = [.. topic.Select(partition => new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = partition.Partition })],
            })],
        };
        OffsetDeleteResponse response = await new CoordinatorCalls(_cluster, group).RetryAsync<OffsetDeleteRequest, OffsetDeleteResponse>(
            _ => request, answer => answer.ErrorCode, cancellation);
        ErrorCode error = response.Topics.SelectMany(topic => topic.Partitions).Select(partition => partition.ErrorCode).Prepend(response.ErrorCode)
            .FirstOrDefault(code => code != ErrorCode.None);
        if (error != ErrorCode.None)
        {
            throw new KafkaErrorException(error, ApiKey.OffsetDelete, $"Cannot delete offsets of group {group}");
        }
    }

    /// <summary>Deletes a group that has no members, with its offsets.</summary>
    /// <exception cref="KafkaErrorException">It was refused, or there is none.</exception>
    public async Task DeleteAsync(string group, CancellationToken cancellation = default)
    {
        DeleteGroupsResponse response = await new CoordinatorCalls(_cluster, group).RetryAsync<DeleteGroupsRequest, DeleteGroupsResponse>(
            _ => new DeleteGroupsRequest { GroupsNames = [group] }, answer => answer.Results[0].ErrorCode, cancellation);
        if (response.Results[0].ErrorCode != ErrorCode.None)
        {
            throw new KafkaErrorException(response.Results[0].ErrorCode, ApiKey.DeleteGroups, $"Cannot delete group {group}");
        }
    }

    /// <summary>Null if it is no group of the consumer protocol.</summary>
    private async Task<GroupDescription?> DescribeConsumerGroupAsync(CoordinatorCalls calls, CancellationToken cancellation)
    {
        ConsumerGroupDescribeResponse response = await calls.RetryAsync<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(
            _ => new ConsumerGroupDescribeRequest { GroupIds = [calls.Group] }, answer => answer.Groups[0].ErrorCode, cancellation);
        ConsumerGroupDescribeResponse.DescribedGroup found = response.Groups[0];
        if (found.ErrorCode is ErrorCode.GroupIdNotFound or ErrorCode.UnsupportedVersion)
        {
            return null;
        }

        if (found.ErrorCode != ErrorCode.None)
        {
            throw new KafkaErrorException(found.ErrorCode, ApiKey.ConsumerGroupDescribe, $"Cannot describe group {calls.Group}", found.ErrorMessage);
        }

        return new GroupDescription(
            calls.Group,
            found.GroupState,
            "consumer",
            found.AssignorName,
            found.GroupEpoch,
            await CoordinatorOfAsync(calls.Group, cancellation),
            [.. found.Members.Select(member => new GroupMember(
                member.MemberId,
                member.InstanceId,
                member.ClientId,
                member.ClientHost,
                member.MemberEpoch,
                [.. member.Assignment.TopicPartitions
                    .SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.TopicName, partition))).Order()]))
                .OrderBy(member => member.Id, StringComparer.Ordinal)]);
    }

    private async Task<BrokerAddress> CoordinatorOfAsync(string group, CancellationToken cancellation) =>
        (await _cluster.ConnectToCoordinatorAsync(group, ConnectionUse.Heartbeat, cancellation)).Address;
}
