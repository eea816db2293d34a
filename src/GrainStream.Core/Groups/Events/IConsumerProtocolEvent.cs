namespace GrainStream.Core.Groups.Events;

/// <summary>
/// Something that happened to a group of the consumer protocol (KIP-848). The first one makes a classic group a consumer group: what the classic protocol knew
/// of members is forgotten, offsets stay.
/// </summary>
public interface IConsumerProtocolEvent : IGroupEvent;
