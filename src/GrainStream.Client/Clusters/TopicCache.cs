using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client.Clusters;

/// <summary>What was learned about topics, until it is too old or proved wrong. Thread-safe.</summary>
internal sealed class TopicCache(Cluster cluster)
{
    private readonly Dictionary<string, (TopicMetadata Topic, long LearnedAt)> _topics = new(StringComparer.Ordinal);

    /// <summary>The topic as it was known a while ago at most.</summary>
    /// <exception cref="KafkaErrorException">There is no such topic, or it may not be used.</exception>
    public ValueTask<TopicMetadata> GetAsync(string name, CancellationToken cancellation)
    {
        lock (_topics)
        {
            if (_topics.TryGetValue(name, out (TopicMetadata Topic, long LearnedAt) known)
                && cluster.Options.Time.GetElapsedTime(known.LearnedAt) < cluster.Options.MetadataMaxAge)
            {
                return ValueTask.FromResult(known.Topic);
            }
        }

        return new ValueTask<TopicMetadata>(LearnAsync(name, cancellation));
    }

    /// <summary>The topic as it is now, patiently: an error that may pass is waited for.</summary>
    public Task<TopicMetadata> LearnAsync(string name, CancellationToken cancellation) =>
        cluster.Retries.RunAsync(stop => AskAsync(name, stop), cancellation);

    /// <summary>The topic as it is now, in one try.</summary>
    public async Task<TopicMetadata> AskAsync(string name, CancellationToken cancellation)
    {
        MetadataResponse response = await cluster.AskMetadataAsync([name], cluster.Options.AllowAutoTopicCreation, cancellation);
        MetadataResponse.MetadataResponseTopic topic = response.Topics.FirstOrDefault(topic => topic.Name == name)
            ?? throw new UnreadableResponseException($"The answer to a metadata request for topic {name} does not have that topic.");
        if (topic.ErrorCode != ErrorCode.None)
        {
            Forget(name);
            throw new KafkaErrorException(topic.ErrorCode, ApiKey.Metadata, $"Topic {name}");
        }

        return Remember(topic);
    }

    /// <summary>All topics that there are.</summary>
    public async Task<IReadOnlyList<TopicMetadata>> AskAllAsync(CancellationToken cancellation)
    {
        MetadataResponse response = await cluster.AskMetadataAsync(topics: null, mayCreate: false, cancellation);
        return [.. response.Topics.Where(topic => topic is { Name: not null, ErrorCode: ErrorCode.None }).Select(Remember)];
    }

    /// <summary>To be called when a broker's answer did not fit what is known.</summary>
    public void Forget(string name)
    {
        lock (_topics)
        {
            _topics.Remove(name);
        }
    }

    /// <summary>The leader of a partition.</summary>
    /// <exception cref="KafkaErrorException">There is no such partition, or no leader.</exception>
    public async ValueTask<PartitionMetadata> LeaderOfAsync(TopicPartition partition, CancellationToken cancellation)
    {
        TopicMetadata topic = await GetAsync(partition.Topic, cancellation);
        if (partition.Partition < 0 || partition.Partition >= topic.Partitions.Count)
        {
            topic = await AskAsync(partition.Topic, cancellation);
        }

        if (partition.Partition < 0 || partition.Partition >= topic.Partitions.Count)
        {
            throw new KafkaErrorException(
                ErrorCode.UnknownTopicOrPartition, ApiKey.Metadata, $"Partition {partition.Partition} of topic {partition.Topic}",
                $"The topic has {topic.Partitions.Count} partitions, numbered from 0");
        }

        PartitionMetadata found = topic.Partitions[partition.Partition];
        if (found.Leader >= 0)
        {
            return found;
        }

        Forget(partition.Topic);
        throw new KafkaErrorException(ErrorCode.LeaderNotAvailable, ApiKey.Metadata, $"Partition {partition.Partition} of topic {partition.Topic}");
    }

    /// <summary>A partition, if it is known.</summary>
    public PartitionMetadata? TryGetPartition(TopicPartition partition)
    {
        lock (_topics)
        {
            return _topics.TryGetValue(partition.Topic, out (TopicMetadata Topic, long LearnedAt) known)
                && partition.Partition < known.Topic.Partitions.Count
                    ? known.Topic.Partitions[partition.Partition]
                    : null;
        }
    }

    private TopicMetadata Remember(MetadataResponse.MetadataResponseTopic topic)
    {
        TopicMetadata learned = new(
            topic.Name ?? "",
            new TopicId(topic.TopicId),
            topic.IsInternal,
            [.. topic.Partitions.OrderBy(partition => partition.PartitionIndex).Select(partition => new PartitionMetadata(
                partition.PartitionIndex,
                partition.LeaderId,
                partition.LeaderEpoch,
                partition.ReplicaNodes,
                partition.IsrNodes,
                partition.OfflineReplicas,
                partition.ErrorCode))]);
        lock (_topics)
        {
            _topics[learned.Name] = (learned, cluster.Options.Time.GetTimestamp());
        }

        return learned;
    }
}
