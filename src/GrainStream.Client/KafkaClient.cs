using GrainStream.Client.Administration;
using GrainStream.Client.Clusters;
using GrainStream.Client.Consuming;
using GrainStream.Client.Errors;
using GrainStream.Client.Grouping;
using GrainStream.Client.Producing;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client;

/// <summary>
/// A client of a Kafka cluster: of GrainStream, Apache Kafka, or anything else that speaks its protocol. What brokers of various ages can do is
/// negotiated. Thread-safe; one for the whole application is right. Dispose producers and consumers before it.
/// </summary>
/// <remarks>
/// Connections are plain TCP: there is no TLS and no SASL. Transactions, share groups and fetching from followers are not offered.
/// </remarks>
/// <example>
/// <code>
/// await using KafkaClient client = new(new KafkaClientOptions { BootstrapServers = "localhost:9092" });
/// await using Producer producer = client.CreateProducer();
/// Delivery delivery = await producer.ProduceAsync(new OutgoingRecord("orders") { Value = "hello"u8.ToArray() });
/// </code>
/// </example>
public sealed class KafkaClient : IAsyncDisposable
{
    private readonly Cluster _cluster;

    /// <summary>A client that connects when it is first used.</summary>
    /// <exception cref="FormatException">The bootstrap servers are no addresses.</exception>
    public KafkaClient(KafkaClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _cluster = new Cluster(options);
        Topics = new TopicAdmin(_cluster);
        Offsets = new OffsetAdmin(_cluster);
        Groups = new GroupAdmin(_cluster);
    }

    /// <summary>Topics: list, create, change, delete.</summary>
    public TopicAdmin Topics { get; }

    /// <summary>Offsets of partitions: first, next, by time.</summary>
    public OffsetAdmin Offsets { get; }

    /// <summary>Consumer groups: list, describe, offsets, delete.</summary>
    public GroupAdmin Groups { get; }

    /// <summary>The brokers of the cluster, asked of one of them in a single try: whether anybody is there.</summary>
    /// <exception cref="BrokerUnreachableException">None of the bootstrap servers answers.</exception>
    public async Task<ClusterMetadata> DescribeClusterAsync(CancellationToken cancellation = default)
    {
        MetadataResponse response = await _cluster.AskMetadataAsync([], mayCreate: false, cancellation);
        return new ClusterMetadata(response.ClusterId, response.ControllerId, [.. _cluster.Brokers.Values.OrderBy(broker => broker.Id)]);
    }

    /// <summary>A producer with a queue of its own.</summary>
    public Producer CreateProducer(ProducerOptions? options = null) => new(_cluster, options ?? new ProducerOptions());

    /// <summary>A consumer of partitions that the caller names.</summary>
    public Consumer CreateConsumer(ConsumerOptions? options = null) => new(_cluster, options ?? new ConsumerOptions());

    /// <summary>A member of a consumer group, which is given its partitions.</summary>
    public GroupConsumer CreateGroupConsumer(GroupConsumerOptions options) => new(_cluster, options);

    /// <summary>Closes all connections.</summary>
    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
