using GrainStream.Core.Topics;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;
using GrainStream.Runtime.Topics;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// Metadata 0-13. Null topics ask for all, empty ones for none; in version 0, which has no null, empty asks for all. Topics by id from
/// version 12 on.
/// A missing topic is created if client and broker (<c>auto.create.topics.enable</c>) allow it, and answered as soon as it is there.
/// Deviations: creation is waited for, so LEADER_NOT_AVAILABLE only shows if a new partition does not serve yet. A topic named twice is
/// answered once.
/// Nobody's authorization is checked: the operations reported are all there are.
/// </summary>
internal sealed class MetadataHandler(Broker broker, AdvertisedListener listener) : SerialRequestHandler<MetadataRequest, MetadataResponse>
{
    private const short FirstVersionWithNull = 1;
    private const short FirstVersionWithIds = 12;
    private const int LeaderEpoch = 0;

    private readonly int[] _thisNode = [broker.Identity.NodeId];

    /// <inheritdoc/>
    internal override MetadataResponse CreateErrorResponse(MetadataRequest request, ErrorCode error, short version) => new()
    {
        ErrorCode = error,
        Topics = [.. (request.Topics ?? []).Select(topic => Refuse(topic.Name ?? "", new TopicId(topic.TopicId), error))],
    };

    /// <inheritdoc/>
    protected override async ValueTask<MetadataResponse> HandleAsync(MetadataRequest request, RequestContext context)
    {
        (string host, int port) = listener.For(context);
        return new MetadataResponse
        {
            Brokers = [new MetadataResponse.MetadataResponseBroker { NodeId = broker.Identity.NodeId, Host = host, Port = port }],
            ClusterId = broker.Identity.ClusterId,
            ControllerId = broker.Identity.NodeId,
            Topics = await DescribeTopicsAsync(request, context.Version),
            ClusterAuthorizedOperations = request.IncludeClusterAuthorizedOperations
                ? AuthorizedOperations.Cluster
                : AuthorizedOperations.NotAskedFor,
        };
    }

    private static bool AsksForAll(MetadataRequest request, short version) =>
        request.Topics is null || (request.Topics.Length == 0 && version < FirstVersionWithNull);

    private static MetadataResponse.MetadataResponseTopic Refuse(string? name, TopicId id, ErrorCode error) =>
        new() { ErrorCode = error, Name = name, TopicId = id.Value, IsInternal = name is not null && InternalTopics.IsReserved(name) };

    private async ValueTask<MetadataResponse.MetadataResponseTopic[]> DescribeTopicsAsync(MetadataRequest request, short version)
    {
        bool withOperations = request.IncludeTopicAuthorizedOperations;
        if (AsksForAll(request, version))
        {
            IEnumerable<Topic> all = broker.Topics.Catalog.All.OrderBy(topic => topic.Name, StringComparer.Ordinal);
            return [.. all.Select(topic => Describe(topic, withOperations))];
        }

        bool mayCreate = request.AllowAutoTopicCreation && broker.Config.AutoCreateTopicsEnable;
        IEnumerable<MetadataRequest.MetadataRequestTopic> asked = request.Topics!.DistinctBy(topic => (topic.Name, topic.TopicId));
        return await Task.WhenAll(asked.Select(topic => DescribeAsync(topic, version, mayCreate, withOperations)));
    }

    private async Task<MetadataResponse.MetadataResponseTopic> DescribeAsync(
        MetadataRequest.MetadataRequestTopic asked, short version, bool mayCreate, bool withOperations)
    {
        var id = new TopicId(asked.TopicId);
        if (id != TopicId.None)
        {
            return version < FirstVersionWithIds
                ? Refuse(asked.Name ?? "", id, ErrorCode.InvalidRequest)
                : broker.Topics.Catalog.TryFind(id, out Topic? byId) ? Describe(byId, withOperations)
                : Refuse(null, id, ErrorCode.UnknownTopicId);
        }

        if (asked.Name is null)
        {
            return Refuse(version < FirstVersionWithIds ? "" : null, id, ErrorCode.InvalidRequest);
        }

        if (broker.Topics.Catalog.TryFind(asked.Name, out Topic? topic))
        {
            return Describe(topic, withOperations);
        }

        return TopicName.Problem(asked.Name) is not null ? Refuse(asked.Name, TopicId.None, ErrorCode.InvalidTopic)
            : mayCreate && !InternalTopics.IsReserved(asked.Name) ? await CreateAsync(asked.Name, withOperations)
            : Refuse(asked.Name, TopicId.None, ErrorCode.UnknownTopicOrPartition);
    }

    private async Task<MetadataResponse.MetadataResponseTopic> CreateAsync(string name, bool withOperations)
    {
        var command = new CreateTopic(name, Broker.NewTopicId());
        CatalogOutcome outcome = await broker.Topics.ExecuteAsync(catalog => catalog.DecideCreate(command));

        // Somebody else may have created it a moment ago, or deleted it since.
        return broker.Topics.Catalog.TryFind(name, out Topic? topic) ? Describe(topic, withOperations)
            : Refuse(name, TopicId.None, outcome.Error == ErrorCode.None ? ErrorCode.UnknownTopicOrPartition : outcome.Error);
    }

    private MetadataResponse.MetadataResponseTopic Describe(Topic topic, bool withOperations)
    {
        var partitions = new MetadataResponse.MetadataResponsePartition[topic.PartitionCount];
        for (int index = 0; index < partitions.Length; index++)
        {
            bool isServed = broker.FindPartition(topic.Id, index, out _) == ErrorCode.None;
            partitions[index] = new MetadataResponse.MetadataResponsePartition
            {
                ErrorCode = isServed ? ErrorCode.None : ErrorCode.LeaderNotAvailable,
                PartitionIndex = index,
                LeaderId = isServed ? broker.Identity.NodeId : -1,
                LeaderEpoch = isServed ? LeaderEpoch : -1,
                ReplicaNodes = _thisNode,
                IsrNodes = _thisNode,
            };
        }

        return new MetadataResponse.MetadataResponseTopic
        {
            Name = topic.Name,
            TopicId = topic.Id.Value,
            IsInternal = InternalTopics.IsReserved(topic.Name),
            Partitions = partitions,
            TopicAuthorizedOperations = withOperations ? AuthorizedOperations.Topic : AuthorizedOperations.NotAskedFor,
        };
    }
}
