using GrainStream.Client.Clusters;
using GrainStream.Client.Connections;
using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client.Consuming;

/// <summary>One Fetch request to one leader, and what its response means.</summary>
internal sealed class FetchCall(Cluster cluster, ConsumerOptions options, ConnectionPool connections)
{
    /// <summary>The last version that names topics.</summary>
    private const short HighestVersion = 12;

    /// <summary>Fetches, and hands a chunk or an error of every partition to <paramref name="take"/>.</summary>
    /// <exception cref="KafkaException">There is no answer, or it refuses the request as a whole.</exception>
    public async Task RunAsync(
        int leader, IReadOnlyList<(FetchPartition Partition, int LeaderEpoch)> partitions, TimeSpan maxWait, Action<FetchPartition, FetchedChunk> take, CancellationToken cancellation)
    {
        BrokerConnection connection = await cluster.ConnectAsync(leader, ConnectionUse.Fetch, cancellation, connections);
        short version = connection.Versions.Choose<FetchRequest, FetchResponse>(HighestVersion);
        FetchRequest request = new()
        {
            MaxWaitMs = (int)maxWait.TotalMilliseconds,
            MinBytes = options.FetchMinBytes,
            MaxBytes = options.FetchMaxBytes,
            IsolationLevel = options.ReadCommitted ? (sbyte)1 : (sbyte)0,
            Topics = [.. partitions.GroupBy(partition => partition.Partition.Partition.Topic).Select(topic => new FetchRequest.FetchTopic
            {
                Topic = topic.Key,
                Partitions = [.. topic.Select(partition => new FetchRequest.FetchPartition
                {
                    Partition = partition.Partition.Partition.Partition,
                    CurrentLeaderEpoch = partition.LeaderEpoch,
                    FetchOffset = partition.Partition.FetchOffset,
                    PartitionMaxBytes = options.PartitionMaxBytes,
                })],
            })],
        };
        using ResponseFrame frame = await connection.SendAsync(request, version, cluster.Options.RequestTimeout + maxWait, cancellation);
        FetchResponse response = frame.Read<FetchResponse>(version, connection.Address);
        if (response.ErrorCode != ErrorCode.None)
        {
            throw new KafkaErrorException(response.ErrorCode, ApiKey.Fetch, "Cannot fetch", broker: connection.Address);
        }

        Dictionary<TopicPartition, FetchPartition> asked = partitions.ToDictionary(partition => partition.Partition.Partition, partition => partition.Partition);
        using ChunkReader reader = new();
        foreach (FetchResponse.FetchableTopicResponse topic in response.Responses)
        {
            foreach (FetchResponse.PartitionData data in topic.Partitions)
            {
                if (asked.TryGetValue(new TopicPartition(topic.Topic, data.PartitionIndex), out FetchPartition? partition))
                {
                    take(partition, ChunkOf(partition, data, reader, connection.Address));
                }
            }
        }
    }

    private static FetchedChunk ChunkOf(FetchPartition partition, FetchResponse.PartitionData data, ChunkReader reader, BrokerAddress broker)
    {
        if (data.ErrorCode != ErrorCode.None)
        {
            string about = data.ErrorCode == ErrorCode.OffsetOutOfRange
                ? $"Cannot read {partition.Partition} at offset {partition.FetchOffset}"
                : $"Cannot read {partition.Partition}";
            return new FetchedChunk(partition, [], partition.FetchOffset, new KafkaErrorException(data.ErrorCode, ApiKey.Fetch, about, broker: broker));
        }

        partition.HighWatermark = data.HighWatermark;
        try
        {
            // A frame is one array, so that its records are one piece.
            ReadOnlyMemory<byte> batches = data.Records.Bytes.First;
            long next = reader.Read(partition.Partition, batches, partition.FetchOffset, data.AbortedTransactions, out ConsumedRecord[] records);
            return new FetchedChunk(partition, records, next, Error: null);
        }
        catch (UnreadableResponseException e)
        {
            return new FetchedChunk(partition, [], partition.FetchOffset, e);
        }
    }
}
