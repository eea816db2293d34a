using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;
using GrainStream.Runtime.Topics;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// AlterConfigs 0-2. Replaces all settings of a topic, or all run-time settings of this broker or (empty name) of all brokers: what is not
/// named returns
/// to its default. Each resource is altered or refused on its own, with a message; one that occurs twice is refused.
/// Deviations: settings that would not be honoured are refused with INVALID_CONFIG. Loggers, client metrics and groups have no
/// configuration here.
/// </summary>
internal sealed class AlterConfigsHandler(Broker broker) : SerialRequestHandler<AlterConfigsRequest, AlterConfigsResponse>
{
    /// <inheritdoc/>
    internal override AlterConfigsResponse CreateErrorResponse(AlterConfigsRequest request, ErrorCode error, short version) => new()
    {
        Responses = [.. request.Resources.Select(ResourceOf).Distinct().Select(resource => Answer(resource, error, null))],
    };

    /// <inheritdoc/>
    protected override async ValueTask<AlterConfigsResponse> HandleAsync(AlterConfigsRequest request, RequestContext context)
    {
        IEnumerable<Task<AlterConfigsResponse.AlterConfigsResourceResponse>> results = request.Resources
            .GroupBy(ResourceOf)
            .Select(resources => resources.Count() == 1
                ? AlterAsync(resources.Key, resources.First(), request.ValidateOnly)
                : Task.FromResult(Answer(resources.Key, ErrorCode.InvalidRequest, "The resource is named more than once. Name it once.")));
        return new AlterConfigsResponse { Responses = await Task.WhenAll(results) };
    }

    private static ConfigResource ResourceOf(AlterConfigsRequest.AlterConfigsResource asked) => new(asked.ResourceType, asked.ResourceName);

    private static AlterConfigsResponse.AlterConfigsResourceResponse Answer(ConfigResource resource, ErrorCode error, string? message) =>
        new() { ResourceType = resource.Type, ResourceName = resource.Name, ErrorCode = error, ErrorMessage = message };

    private async Task<AlterConfigsResponse.AlterConfigsResourceResponse> AlterAsync(
        ConfigResource resource, AlterConfigsRequest.AlterConfigsResource asked, bool validateOnly)
    {
        if (!resource.IsTopic && resource.Problem is { } problem)
        {
            return Answer(resource, ErrorCode.InvalidRequest, problem);
        }

        KeyValuePair<string, string?>[] configs = [.. asked.Configs.Select(config => KeyValuePair.Create(config.Name, config.Value))];
        CatalogOutcome outcome = await broker.Topics.ExecuteAsync(
            catalog => resource.IsTopic
                ? catalog.DecideSetTopicConfigs(resource.Name, configs)
                : catalog.DecideSetBrokerConfigs(resource.BrokerId!.Value, configs),
            validateOnly);
        return Answer(resource, outcome.Error, outcome.Message);
    }
}
