using GrainStream.Client.Clusters;
using GrainStream.Client.Connections;
using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client.Grouping;

/// <summary>Joining a generation of the classic protocol: JoinGroup and SyncGroup, until both have gone through.</summary>
internal sealed class ClassicJoin(Cluster cluster, CoordinatorCalls calls, GroupConsumerOptions options)
{
    private const string ProtocolType = "consumer";

    // 1 is what every consumer since Kafka 2.4 understands; an eager member has nothing to say that later versions add.
    private const short SubscriptionVersion = 1;
    private const short AssignmentVersion = 1;

    /// <summary>Topics that any member of the group is subscribed to, as the leader learned them.</summary>
    public IReadOnlyList<string> TopicsOfGroup { get; private set; } = [];

    /// <summary>Joins.</summary>
    /// <param name="memberId">Empty for a new member.</param>
    /// <param name="remember">Called with the member's id whenever the coordinator gives one.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="KafkaException">The group refuses the member, or the coordinator cannot be reached for too long.</exception>
    public async Task<Generation> RunAsync(string memberId, Action<string> remember, CancellationToken cancellation)
    {
        long failingSince = cluster.Options.Time.GetTimestamp();
        for (int failures = 0; ;)
        {
            try
            {
                (ErrorCode error, ApiKey api, string id, Generation? generation) = await TryAsync(memberId, cancellation);
                memberId = id;
                remember(id);
                if (generation is not null)
                {
                    return generation;
                }

                if (error is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration)
                {
                    memberId = "";
                }
                else if (error is not (ErrorCode.MemberIdRequired or ErrorCode.RebalanceInProgress))
                {
                    calls.IsElsewhere(error);
                    throw new KafkaErrorException(error, api, $"Cannot join group {options.GroupId}");
                }

                failingSince = cluster.Options.Time.GetTimestamp();
            }
            catch (KafkaException e) when (e.IsRetriable && cluster.Options.Time.GetElapsedTime(failingSince) < cluster.Options.RetryTimeout)
            {
                await Task.Delay(Retries.PauseAfter(++failures), cluster.Options.Time, cancellation);
            }
        }
    }

    /// <summary>Partitions of those topics that exist.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountPartitionsAsync(IEnumerable<string> topics, CancellationToken cancellation)
    {
        MetadataResponse response = await cluster.AskMetadataAsync(topics, mayCreate: false, cancellation);
        return response.Topics
            .Where(topic => topic is { Name: not null, ErrorCode: ErrorCode.None or ErrorCode.LeaderNotAvailable })
            .ToDictionary(topic => topic.Name!, topic => topic.Partitions.Length, StringComparer.Ordinal);
    }

    private async Task<(ErrorCode Error, ApiKey Api, string MemberId, Generation? Generation)> TryAsync(string memberId, CancellationToken cancellation)
    {
        JoinGroupResponse joined = await calls.CallAsync<JoinGroupRequest, JoinGroupResponse>(
            _ => RequestFor(memberId), ConnectionUse.Membership, options.MaxPollInterval + cluster.Options.RequestTimeout, cancellation);
        if (joined.ErrorCode != ErrorCode.None)
        {
            return (joined.ErrorCode, ApiKey.JoinGroup, joined.ErrorCode == ErrorCode.MemberIdRequired ? joined.MemberId : memberId, null);
        }

        bool isLeader = joined.Leader == joined.MemberId;
        IReadOnlyDictionary<string, int>? counts = isLeader ? await CountAsLeaderAsync(joined, cancellation) : null;
        SyncGroupResponse synced = await calls.CallAsync<SyncGroupRequest, SyncGroupResponse>(
            _ => new SyncGroupRequest
            {
                GroupId = options.GroupId,
                GenerationId = joined.GenerationId,
                MemberId = joined.MemberId,
                GroupInstanceId = options.InstanceId,
                ProtocolType = ProtocolType,
                ProtocolName = joined.ProtocolName,
                Assignments = counts is null || joined.SkipAssignment ? [] : Assign(joined, counts),
            },
            ConnectionUse.Membership,
            options.MaxPollInterval + cluster.Options.RequestTimeout,
            cancellation);
        if (synced.ErrorCode != ErrorCode.None)
        {
            return (synced.ErrorCode, ApiKey.SyncGroup, joined.MemberId, null);
        }

        IReadOnlyList<TopicPartition> assignment = EmbeddedProtocol.ReadAssignment(synced.Assignment)
            ?? throw new UnreadableResponseException($"The assignment that the leader of group {options.GroupId} made cannot be read: do all members use the same kind of client?");
        return (ErrorCode.None, ApiKey.SyncGroup, joined.MemberId, new Generation(joined.GenerationId, assignment, counts));
    }

    private JoinGroupRequest RequestFor(string memberId) => new()
    {
        GroupId = options.GroupId,
        MemberId = memberId,
        GroupInstanceId = options.InstanceId,
        SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
        RebalanceTimeoutMs = (int)options.MaxPollInterval.TotalMilliseconds,
        ProtocolType = ProtocolType,
        Protocols =
        [
            new JoinGroupRequest.JoinGroupRequestProtocol
            {
                Name = RangeAssignor.Name,
                Metadata = EmbeddedProtocol.Write(new ConsumerProtocolSubscription { Topics = [.. options.Topics] }, SubscriptionVersion),
            },
        ],
    };

    private async Task<IReadOnlyDictionary<string, int>> CountAsLeaderAsync(JoinGroupResponse joined, CancellationToken cancellation)
    {
        TopicsOfGroup = [.. joined.Members.SelectMany(TopicsOf).Distinct(StringComparer.Ordinal)];
        return await CountPartitionsAsync(TopicsOfGroup, cancellation);
    }

    private static SyncGroupRequest.SyncGroupRequestAssignment[] Assign(JoinGroupResponse joined, IReadOnlyDictionary<string, int> counts)
    {
        IReadOnlyDictionary<string, List<TopicPartition>> assignment = RangeAssignor.Assign(
            joined.Members.ToDictionary(member => member.MemberId, member => (member.GroupInstanceId ?? member.MemberId, TopicsOf(member))), counts);
        return [.. assignment.Select(member => new SyncGroupRequest.SyncGroupRequestAssignment
        {
            MemberId = member.Key,
            Assignment = EmbeddedProtocol.Write(
                new ConsumerProtocolAssignment
                {
                    AssignedPartitions = [.. member.Value.GroupBy(partition => partition.Topic).Select(topic => new ConsumerProtocolAssignment.TopicPartition
                    {
                        Topic = topic.Key,
                        Partitions = [.. topic.Select(partition => partition.Partition)],
                    })],
                },
                AssignmentVersion),
        })];
    }

    private static IReadOnlyList<string> TopicsOf(JoinGroupResponse.JoinGroupResponseMember member) =>
        EmbeddedProtocol.ReadSubscription(member.Metadata)?.Topics ?? [];

    /// <summary>A generation that was joined.</summary>
    /// <param name="Id">Its number.</param>
    /// <param name="Assignment">This member's partitions.</param>
    /// <param name="CountsAsLeader">Partitions of the group's topics, if this member made the assignment.</param>
    public sealed record Generation(int Id, IReadOnlyList<TopicPartition> Assignment, IReadOnlyDictionary<string, int>? CountsAsLeader);
}
