namespace GrainStream.Protocol.Messages;

/// <summary>A message that clients send.</summary>
public interface IKafkaRequest<TSelf> : IKafkaMessage<TSelf>
    where TSelf : IKafkaRequest<TSelf>
{
    static abstract ApiKey Key { get; }
}
