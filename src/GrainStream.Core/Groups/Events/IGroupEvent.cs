using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Events;

/// <summary>
/// Something that happened to a group: what its log is made of, and the only thing that changes its durable state. See <see cref="GroupEventCodec"/> for the bytes.
/// </summary>
public interface IGroupEvent : IKafkaMessage;
