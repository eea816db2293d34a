using GrainStream.Core.Topics;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;
using GrainStream.Runtime.Topics;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// DeleteTopics 1-6. By name, from version 6 on also by id. Each topic is deleted or refused on its own; the answer comes when the
/// deletion is
/// durable. A topic that occurs twice is refused, and so is one with both a name and an id.
/// Deviations: <c>timeout_ms</c> bounds nothing.
/// </summary>
internal sealed class DeleteTopicsHandler(Broker broker) : SerialRequestHandler<DeleteTopicsRequest, DeleteTopicsResponse>
{
    /// <inheritdoc/>
    internal override DeleteTopicsResponse CreateErrorResponse(DeleteTopicsRequest request, ErrorCode error, short version) => new()
    {
        Responses = [.. TopicsOf(request).Distinct().Select(topic => Refuse(topic, error, null))],
    };

    /// <inheritdoc/>
    protected override async ValueTask<DeleteTopicsResponse> HandleAsync(DeleteTopicsRequest request, RequestContext context)
    {
        IEnumerable<Task<DeleteTopicsResponse.DeletableTopicResult>> results = TopicsOf(request)
            .GroupBy(topic => topic)
            .Select(topics => topics.Count() == 1
                ? DeleteAsync(topics.Key)
                : Task.FromResult(Refuse(topics.Key, ErrorCode.InvalidRequest, "The topic is named more than once. Name it once.")));
        return new DeleteTopicsResponse { Responses = await Task.WhenAll(results) };
    }

    private static IEnumerable<Asked> TopicsOf(DeleteTopicsRequest request) => request.Topics
        .Select(topic => new Asked(topic.Name, new TopicId(topic.TopicId)))
        .Concat(request.TopicNames.Select(name => new Asked(name, TopicId.None)));

    private static DeleteTopicsResponse.DeletableTopicResult Refuse(Asked topic, ErrorCode error, string? message) =>
        new() { Name = topic.Name, TopicId = topic.Id.Value, ErrorCode = error, ErrorMessage = message };

    private async Task<DeleteTopicsResponse.DeletableTopicResult> DeleteAsync(Asked topic)
    {
        if (topic.Name is null == (topic.Id == TopicId.None))
        {
            return Refuse(topic, ErrorCode.InvalidRequest, "Give the topic's name or its id: one of them, not both.");
        }

        CatalogOutcome outcome = await broker.Topics.ExecuteAsync(
            catalog => topic.Name is null ? catalog.DecideDelete(topic.Id) : catalog.DecideDelete(topic.Name));
        return outcome.Error != ErrorCode.None
            ? Refuse(topic, outcome.Error, outcome.Message)
            : new DeleteTopicsResponse.DeletableTopicResult { Name = outcome.Topic!.Name, TopicId = outcome.Topic.Id.Value };
    }

    /// <summary>A topic as the request names it.</summary>
    private readonly record struct Asked(string? Name, TopicId Id);
}
