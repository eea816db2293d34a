using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;

namespace GrainStream.Core.Topics;

/// <summary>
/// What the catalogue decided about a command. Nothing has changed yet: append <see cref="Event"/> to the catalogue's log, then
/// <see cref="TopicCatalog.Apply"/> it, and answer when it is durable. To validate only, do neither.
/// </summary>
public readonly record struct CatalogDecision
{
    private CatalogDecision(ErrorCode error, string? message, ICatalogEvent? @event, Topic? topic)
    {
        Error = error;
        Message = message;
        Event = @event;
        Topic = topic;
    }

    public ErrorCode Error { get; }

    /// <summary>For people: what was wrong and how to mend it; null if nothing was.</summary>
    public string? Message { get; }

    /// <summary>What is to happen; null if refused, or if everything is already as it was asked to be.</summary>
    public ICatalogEvent? Event { get; }

    /// <summary>The topic as it will be, or, of a deletion, as it was; null if refused or if the command is about no topic.</summary>
    public Topic? Topic { get; }

    internal static CatalogDecision Accept(ICatalogEvent? @event, Topic? topic = null) => new(ErrorCode.None, null, @event, topic);

    internal static CatalogDecision Refuse(ErrorCode error, string? message) => new(error, message, null, null);
}
