using GrainStream.Core.Topics;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;
using GrainStream.Runtime.Topics;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// CreatePartitions 0-3. Each topic is extended or refused on its own, with a message; the answer comes when it is durable and the new
/// partitions
/// serve. A topic that occurs twice is refused.
/// Deviations: <c>timeout_ms</c> bounds nothing.
/// </summary>
internal sealed class CreatePartitionsHandler(Broker broker) : SerialRequestHandler<CreatePartitionsRequest, CreatePartitionsResponse>
{
    /// <inheritdoc/>
    internal override CreatePartitionsResponse CreateErrorResponse(CreatePartitionsRequest request, ErrorCode error, short version) => new()
    {
        Results = [.. request.Topics.DistinctBy(topic => topic.Name).Select(topic => Answer(topic.Name, error, null))],
    };

    /// <inheritdoc/>
    protected override async ValueTask<CreatePartitionsResponse> HandleAsync(CreatePartitionsRequest request, RequestContext context)
    {
        IEnumerable<Task<CreatePartitionsResponse.CreatePartitionsTopicResult>> results = request.Topics
            .GroupBy(topic => topic.Name, StringComparer.Ordinal)
            .Select(topics => topics.Count() == 1
                ? ExtendAsync(topics.First(), request.ValidateOnly)
                : Task.FromResult(Answer(topics.Key, ErrorCode.InvalidRequest, "The topic is named more than once. Name it once.")));
        return new CreatePartitionsResponse { Results = await Task.WhenAll(results) };
    }

    private static CreatePartitionsResponse.CreatePartitionsTopicResult Answer(string name, ErrorCode error, string? message) =>
        new() { Name = name, ErrorCode = error, ErrorMessage = message };

    private async Task<CreatePartitionsResponse.CreatePartitionsTopicResult> ExtendAsync(
        CreatePartitionsRequest.CreatePartitionsTopic topic, bool validateOnly)
    {
        CatalogOutcome outcome = await broker.Topics.ExecuteAsync(
            catalog => catalog.DecideAddPartitions(topic.Name, topic.Count, Assign(topic, catalog)), validateOnly);
        return Answer(topic.Name, outcome.Error, outcome.Message);
    }

    /// <summary>The request assigns the new partitions in order, without naming them; they follow those that are there.</summary>
    private static ReplicaAssignment[] Assign(CreatePartitionsRequest.CreatePartitionsTopic topic, TopicCatalog catalog)
    {
        int first = catalog.TryFind(topic.Name, out Topic? found) ? found.PartitionCount : 0;
        return [.. (topic.Assignments ?? []).Select((assignment, index) => new ReplicaAssignment(first + index, assignment.BrokerIds))];
    }
}
