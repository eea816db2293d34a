using GrainStream.Core.Topics.Configs;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;
using GrainStream.Runtime.Topics;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// IncrementalAlterConfigs 0-1 (KIP-339). Sets, deletes, appends to or subtracts from single settings of a topic, of this broker or (empty
/// name) of all
/// brokers. Each resource is altered or refused on its own and as a whole, with a message; one that occurs twice is refused.
/// Deviations: settings that would not be honoured are refused with INVALID_CONFIG. Loggers, client metrics and groups have no
/// configuration here.
/// </summary>
internal sealed class IncrementalAlterConfigsHandler(Broker broker)
    : SerialRequestHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>
{
    /// <inheritdoc/>
    internal override IncrementalAlterConfigsResponse CreateErrorResponse(
        IncrementalAlterConfigsRequest request, ErrorCode error, short version) => new()
    {
        Responses = [.. request.Resources.Select(ResourceOf).Distinct().Select(resource => Answer(resource, error, null))],
    };

    /// <inheritdoc/>
    protected override async ValueTask<IncrementalAlterConfigsResponse> HandleAsync(
        IncrementalAlterConfigsRequest request, RequestContext context)
    {
        IEnumerable<Task<IncrementalAlterConfigsResponse.AlterConfigsResourceResponse>> results = request.Resources
            .GroupBy(ResourceOf)
            .Select(resources => resources.Count() == 1
                ? AlterAsync(resources.Key, resources.First(), request.ValidateOnly)
                : Task.FromResult(Answer(resources.Key, ErrorCode.InvalidRequest, "The resource is named more than once. Name it once.")));
        return new IncrementalAlterConfigsResponse { Responses = await Task.WhenAll(results) };
    }

    private static ConfigResource ResourceOf(IncrementalAlterConfigsRequest.AlterConfigsResource asked) =>
        new(asked.ResourceType, asked.ResourceName);

    private static IncrementalAlterConfigsResponse.AlterConfigsResourceResponse Answer(
        ConfigResource resource, ErrorCode error, string? message) =>
        new() { ResourceType = resource.Type, ResourceName = resource.Name, ErrorCode = error, ErrorMessage = message };

    private async Task<IncrementalAlterConfigsResponse.AlterConfigsResourceResponse> AlterAsync(
        ConfigResource resource, IncrementalAlterConfigsRequest.AlterConfigsResource asked, bool validateOnly)
    {
        if (!resource.IsTopic && resource.Problem is { } problem)
        {
            return Answer(resource, ErrorCode.InvalidRequest, problem);
        }

        ConfigChange[] changes =
        [
            .. asked.Configs.Select(config => new ConfigChange(config.Name, (ConfigOperation)config.ConfigOperation, config.Value)),
        ];
        CatalogOutcome outcome = await broker.Topics.ExecuteAsync(
            catalog => resource.IsTopic
                ? catalog.DecideChangeTopicConfigs(resource.Name, changes)
                : catalog.DecideChangeBrokerConfigs(resource.BrokerId!.Value, changes),
            validateOnly);
        return Answer(resource, outcome.Error, outcome.Message);
    }
}
