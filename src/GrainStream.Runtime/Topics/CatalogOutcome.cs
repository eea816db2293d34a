using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Topics;

/// <summary>What became of a command to the topic catalogue.</summary>
/// <param name="Error"><see cref="ErrorCode.None"/> if it is carried out and durable, or would be if it was only to be validated.</param>
/// <param name="Message">For people: what was wrong and how to mend it; null if nothing was.</param>
/// <param name="Topic">The topic as it is now, or, of a deletion, as it was; null if refused or if the command was about no topic.</param>
/// <param name="Event">What happened; null if nothing had to.</param>
public readonly record struct CatalogOutcome(ErrorCode Error, string? Message, Topic? Topic = null, ICatalogEvent? Event = null)
{
    internal CatalogOutcome(in CatalogDecision decision)
        : this(decision.Error, decision.Message, decision.Topic, decision.Event)
    {
    }
}
