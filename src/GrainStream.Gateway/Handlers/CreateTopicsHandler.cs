using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;
using GrainStream.Runtime.Topics;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// CreateTopics 2-7. Each topic is created or refused on its own, with a message; the answer comes when it is durable and serves. A name
/// that
/// occurs twice is refused. From version 5 on the answer tells partitions, replicas and settings, from 7 on the id.
/// Deviations: -1 partitions or replicas mean the broker's defaults in every version (Kafka: from 4 on). <c>timeout_ms</c> bounds nothing.
/// </summary>
internal sealed class CreateTopicsHandler(Broker broker) : SerialRequestHandler<CreateTopicsRequest, CreateTopicsResponse>
{
    private const short ReplicationFactor = 1;

    /// <inheritdoc/>
    internal override CreateTopicsResponse CreateErrorResponse(CreateTopicsRequest request, ErrorCode error, short version) => new()
    {
        Topics = [.. request.Topics.DistinctBy(topic => topic.Name).Select(topic => Refuse(topic.Name, error, null))],
    };

    /// <inheritdoc/>
    protected override async ValueTask<CreateTopicsResponse> HandleAsync(CreateTopicsRequest request, RequestContext context)
    {
        IEnumerable<Task<CreateTopicsResponse.CreatableTopicResult>> results = request.Topics
            .GroupBy(topic => topic.Name, StringComparer.Ordinal)
            .Select(topics => topics.Count() == 1
                ? CreateAsync(topics.First(), request.ValidateOnly)
                : Task.FromResult(Refuse(topics.Key, ErrorCode.InvalidRequest, "The topic is named more than once. Name it once.")));
        return new CreateTopicsResponse { Topics = await Task.WhenAll(results) };
    }

    private static CreateTopicsResponse.CreatableTopicResult Refuse(string name, ErrorCode error, string? message) =>
        new() { Name = name, ErrorCode = error, ErrorMessage = message };

    private async Task<CreateTopicsResponse.CreatableTopicResult> CreateAsync(CreateTopicsRequest.CreatableTopic topic, bool validateOnly)
    {
        var command = new CreateTopic(topic.Name, Broker.NewTopicId())
        {
            Partitions = topic.NumPartitions,
            ReplicationFactor = topic.ReplicationFactor,
            Assignments = [.. topic.Assignments.Select(wanted => new ReplicaAssignment(wanted.PartitionIndex, wanted.BrokerIds))],
            Configs = [.. topic.Configs.Select(config => KeyValuePair.Create(config.Name, config.Value))],
        };
        CatalogOutcome outcome = await broker.Topics.ExecuteAsync(catalog => catalog.DecideCreate(command), validateOnly);
        return outcome.Error != ErrorCode.None || outcome.Topic is not { } created
            ? Refuse(topic.Name, outcome.Error, outcome.Message)
            : new CreateTopicsResponse.CreatableTopicResult
            {
                Name = created.Name,
                TopicId = validateOnly ? TopicId.None.Value : created.Id.Value,
                NumPartitions = created.PartitionCount,
                ReplicationFactor = ReplicationFactor,
                Configs = [.. created.Config.DescribeAll().Select(Describe)],
            };
    }

    private static CreateTopicsResponse.CreatableTopicConfigs Describe(ConfigValue config) => new()
    {
        Name = config.Definition.Name,
        Value = config.Definition.IsSensitive ? null : config.Value,
        ConfigSource = (sbyte)config.Source,
        IsSensitive = config.Definition.IsSensitive,
    };
}
