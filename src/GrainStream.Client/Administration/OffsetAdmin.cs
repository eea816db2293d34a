using GrainStream.Client.Clusters;
using GrainStream.Client.Connections;
using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client.Administration;

/// <summary>Looks up offsets of partitions. Thread-safe.</summary>
public sealed class OffsetAdmin
{
    private const int NoReplica = -1;

    /// <summary>Later versions add leader epochs, of no use to a look-up; librdkafka's mock cluster announces them and gets them wrong.</summary>
    private const short HighestVersion = 3;

    private readonly Cluster _cluster;

    internal OffsetAdmin(Cluster cluster)
    {
        _cluster = cluster;
    }

    /// <summary>The same kind of offset for several partitions.</summary>
    /// <returns>For each partition its offset; the end of the partition where a time was asked for and no record is that late.</returns>
    /// <exception cref="KafkaErrorException">A partition is not there, or has no leader for longer than the client waits.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> ListAsync(
        IReadOnlyCollection<TopicPartition> partitions, OffsetSpec spec, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        Dictionary<TopicPartition, long> found = [];
        await _cluster.Retries.RunAsync(
            async stop =>
            {
                await AskAsync(partitions.Where(partition => !found.ContainsKey(partition)), spec.WireValue, found, stop);
                return true;
            },
            cancellation);
        TopicPartition[] beyond = [.. found.Where(offset => offset.Value < 0).Select(offset => offset.Key)];
        if (beyond.Length > 0)
        {
            foreach ((TopicPartition partition, long end) in await ListAsync(beyond, OffsetSpec.Latest, cancellation))
            {
                found[partition] = end;
            }
        }

        return found;
    }

    private async Task AskAsync(
        IEnumerable<TopicPartition> partitions, long wireValue, Dictionary<TopicPartition, long> found, CancellationToken cancellation)
    {
        Dictionary<int, List<(TopicPartition Partition, int LeaderEpoch)>> byLeader = [];
        foreach (TopicPartition partition in partitions)
        {
            PartitionMetadata leader = await _cluster.Topics.LeaderOfAsync(partition, cancellation);
            if (!byLeader.TryGetValue(leader.Leader, out List<(TopicPartition, int)>? led))
            {
                byLeader[leader.Leader] = led = [];
            }

            led.Add((partition, leader.LeaderEpoch));
        }

        KafkaErrorException? failure = null;
        foreach ((int leader, List<(TopicPartition Partition, int LeaderEpoch)> led) in byLeader)
        {
            failure = await AskLeaderAsync(leader, led, wireValue, found, cancellation) ?? failure;
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    private async Task<KafkaErrorException?> AskLeaderAsync(
        int leader,
        List<(TopicPartition Partition, int LeaderEpoch)> partitions,
        long wireValue,
        Dictionary<TopicPartition, long> found,
        CancellationToken cancellation)
    {
        ListOffsetsRequest request = new()
        {
            ReplicaId = NoReplica,
            TimeoutMs = (int)_cluster.Options.RequestTimeout.TotalMilliseconds,
            Topics = [.. partitions.GroupBy(partition => partition.Partition.Topic).Select(topic => new ListOffsetsRequest.ListOffsetsTopic
            {
                Name = topic.Key,
                Partitions = [.. topic.Select(partition => new ListOffsetsRequest.ListOffsetsPartition
                {
                    PartitionIndex = partition.Partition.Partition,
                    CurrentLeaderEpoch = partition.LeaderEpoch,
                    Timestamp = wireValue,
                })],
            })],
        };
        BrokerConnection connection;
        ListOffsetsResponse response;
        try
        {
            connection = await _cluster.ConnectAsync(leader, ConnectionUse.General, cancellation);
            response = await connection.CallAsync<ListOffsetsRequest, ListOffsetsResponse>(
                _ => request, HighestVersion, _cluster.Options.RequestTimeout, cancellation);
        }
        catch (BrokerUnreachableException)
        {
            // The leader may have moved because of this; the next try asks who it is now.
            partitions.ForEach(partition => _cluster.Topics.Forget(partition.Partition.Topic));
            throw;
        }

        KafkaErrorException? failure = null;
        foreach (ListOffsetsResponse.ListOffsetsTopicResponse topic in response.Topics)
        {
            foreach (ListOffsetsResponse.ListOffsetsPartitionResponse partition in topic.Partitions)
            {
                TopicPartition about = new(topic.Name, partition.PartitionIndex);
                if (partition.ErrorCode == ErrorCode.None)
                {
                    found[about] = partition.Offset;
                }
                else
                {
                    _cluster.Topics.Forget(topic.Name);
                    failure = new KafkaErrorException(partition.ErrorCode, ApiKey.ListOffsets, $"Cannot look up offsets of {about}", broker: connection.Address);
                }
            }
        }

        return failure;
    }
}
