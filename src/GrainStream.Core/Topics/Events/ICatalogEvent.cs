using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Topics.Events;

/// <summary>
/// Something that happened to the topic catalogue: what its log is made of, and the only thing that changes it.
/// See <see cref="CatalogEventCodec"/> for the bytes.
/// </summary>
public interface ICatalogEvent : IKafkaMessage;
