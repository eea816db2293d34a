namespace GrainStream.Core.Groups.Events;

/// <summary>What must be true of an event by itself, so that a group can apply it: damage that still has the shape of an event is found before it does harm.</summary>
internal static class GroupEventRules
{
    public static bool IsConsistent(IGroupEvent groupEvent) => groupEvent switch
    {
        ClassicGenerationStarted started => started.Generation >= 0,
        ClassicGenerationFormed formed => IsConsistent(formed),
        StaticMemberReplaced replaced => replaced.Protocols.Length > 0,
        OffsetsCommitted committed => committed.Topics.All(topic => topic.Partitions.All(partition => partition.Index >= 0)),
        OffsetsRemoved removed => removed.Topics.All(topic => topic.Partitions.All(index => index >= 0)),
        IConsumerProtocolEvent consumerEvent => ConsumerEventRules.IsConsistent(consumerEvent),
        _ => true,
    };

    private static bool IsConsistent(ClassicGenerationFormed formed)
    {
        if (formed.Members.Length == 0)
        {
            return formed is { Generation: >= 0, LeaderId: null, ProtocolName: null };
        }

        string[] instances = [.. formed.Members.Select(member => member.InstanceId).OfType<string>()];
        return formed is { Generation: >= 0, ProtocolType: not null, ProtocolName: not null, LeaderId: not null }
            && formed.Members.DistinctBy(member => member.MemberId, StringComparer.Ordinal).Count() == formed.Members.Length
            && instances.Distinct(StringComparer.Ordinal).Count() == instances.Length
            && formed.Members.Any(member => member.MemberId == formed.LeaderId)
            && formed.Members.All(member => Array.Exists(member.Protocols, protocol => protocol.Name == formed.ProtocolName));
    }
}
