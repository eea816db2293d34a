namespace GrainStream.Protocol.Messages;

/// <summary>A message that brokers send in answer to the request with the same key, in the request's version.</summary>
public interface IKafkaResponse<TSelf> : IKafkaMessage<TSelf>
    where TSelf : IKafkaResponse<TSelf>
{
    static abstract ApiKey Key { get; }
}
