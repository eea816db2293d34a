namespace GrainStream.Client.Errors;

/// <summary>No connection to a broker, or it ended before the answer came; whether the request was carried out is then unknown.</summary>
public sealed class BrokerUnreachableException : KafkaException
{
    internal BrokerUnreachableException(BrokerAddress address, string message, Exception? inner = null, bool isRetriable = true)
        : base(message, isRetriable, inner)
    {
        Address = address;
    }

    /// <summary>Where the broker was expected.</summary>
    public BrokerAddress Address { get; }
}
