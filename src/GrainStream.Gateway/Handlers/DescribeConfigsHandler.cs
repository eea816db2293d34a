using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Core.Topics.Events;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// DescribeConfigs 1-4. Topics and this broker, with sources, and with synonyms and documentation when asked. An empty broker name asks
/// for what is set
/// at run time for all brokers. Names of settings that do not exist are left out of the answer, as in Kafka.
/// Deviations: a resource named twice is answered once. Loggers, client metrics and groups have no configuration here (INVALID_REQUEST).
/// </summary>
internal sealed class DescribeConfigsHandler(Broker broker) : SerialRequestHandler<DescribeConfigsRequest, DescribeConfigsResponse>
{
    /// <inheritdoc/>
    internal override DescribeConfigsResponse CreateErrorResponse(DescribeConfigsRequest request, ErrorCode error, short version) => new()
    {
        Results = [.. Distinct(request).Select(asked => Answer(ResourceOf(asked), error, null))],
    };

    /// <inheritdoc/>
    protected override ValueTask<DescribeConfigsResponse> HandleAsync(DescribeConfigsRequest request, RequestContext context) =>
        ValueTask.FromResult(new DescribeConfigsResponse { Results = [.. Distinct(request).Select(asked => Describe(asked, request))] });

    private static IEnumerable<DescribeConfigsRequest.DescribeConfigsResource> Distinct(DescribeConfigsRequest request) =>
        request.Resources.DistinctBy(ResourceOf);

    private static ConfigResource ResourceOf(DescribeConfigsRequest.DescribeConfigsResource asked) =>
        new(asked.ResourceType, asked.ResourceName);

    private static DescribeConfigsResponse.DescribeConfigsResult Answer(ConfigResource resource, ErrorCode error, string? message) =>
        new() { ResourceType = resource.Type, ResourceName = resource.Name, ErrorCode = error, ErrorMessage = message };

    private DescribeConfigsResponse.DescribeConfigsResult Describe(
        DescribeConfigsRequest.DescribeConfigsResource asked, DescribeConfigsRequest request)
    {
        ConfigResource resource = ResourceOf(asked);
        ErrorCode error = Find(resource, out IEnumerable<ConfigValue> values, out string? message);
        DescribeConfigsResponse.DescribeConfigsResult answer = Answer(resource, error, message);
        if (error == ErrorCode.None)
        {
            answer.Configs =
            [
                .. values
                    .Where(value => asked.ConfigurationKeys?.Contains(value.Definition.Name, StringComparer.Ordinal) ?? true)
                    .Select(value => Describe(value, resource, request)),
            ];
        }

        return answer;
    }

    private ErrorCode Find(ConfigResource resource, out IEnumerable<ConfigValue> values, out string? message)
    {
        values = [];
        message = resource.IsTopic ? TopicName.Problem(resource.Name) : resource.Problem;
        if (message is not null)
        {
            return resource.IsTopic ? ErrorCode.InvalidTopic : ErrorCode.InvalidRequest;
        }

        if (resource.IsTopic)
        {
            if (!broker.Topics.Catalog.TryFind(resource.Name, out Topic? topic))
            {
                message = $"There is no topic {resource.Name}.";
                return ErrorCode.UnknownTopicOrPartition;
            }

            values = topic.Config.DescribeAll();
            return ErrorCode.None;
        }

        if (resource.BrokerId != BrokerConfigsSet.AllBrokers && resource.BrokerId != broker.Identity.NodeId)
        {
            message = $"This is broker {broker.Identity.NodeId}. Ask broker {resource.Name} itself, or name none for all brokers.";
            return ErrorCode.InvalidRequest;
        }

        values = resource.BrokerId == broker.Identity.NodeId ? broker.Config.DescribeAll() : SetForAllBrokers();
        return ErrorCode.None;
    }

    private IEnumerable<ConfigValue> SetForAllBrokers() => broker.Config.DescribeAll()
        .Select(value => value with { Synonyms = [.. value.Synonyms.Where(place => place.Source == ConfigSource.DynamicDefaultBroker)] })
        .Where(value => value.Synonyms.Count > 0);

    private static DescribeConfigsResponse.DescribeConfigsResourceResult Describe(
        ConfigValue value, ConfigResource resource, DescribeConfigsRequest request)
    {
        ConfigDefinition definition = value.Definition;
        return new DescribeConfigsResponse.DescribeConfigsResourceResult
        {
            Name = definition.Name,
            Value = definition.IsSensitive ? null : value.Value,
            ReadOnly = !resource.IsTopic && !definition.IsDynamic,
            ConfigSource = (sbyte)value.Source,
            IsSensitive = definition.IsSensitive,
            Synonyms = request.IncludeSynonyms ? [.. value.Synonyms.Select(place => Describe(place, definition.IsSensitive))] : [],
            ConfigType = (sbyte)definition.Type,
            Documentation = request.IncludeDocumentation ? definition.Documentation : null,
        };
    }

    private static DescribeConfigsResponse.DescribeConfigsSynonym Describe(ConfigSynonym place, bool isSensitive) =>
        new() { Name = place.Name, Value = isSensitive ? null : place.Value, Source = (sbyte)place.Source };
}
