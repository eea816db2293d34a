using GrainStream.Protocol;

namespace GrainStream.Client.Errors;

/// <summary>A broker answered with an error.</summary>
public sealed class KafkaErrorException : KafkaException
{
    internal KafkaErrorException(ErrorCode error, ApiKey api, string about, string? brokerMessage = null, BrokerAddress? broker = null)
        : base(Describe(error, api, about, brokerMessage, broker), ErrorCodes.IsRetriable(error))
    {
        Error = error;
        Api = api;
        BrokerMessage = brokerMessage;
        Broker = broker;
    }

    /// <summary>The error, by Kafka's code.</summary>
    public ErrorCode Error { get; }

    /// <summary>The request that was refused.</summary>
    public ApiKey Api { get; }

    /// <summary>What the broker said besides; null if nothing.</summary>
    public string? BrokerMessage { get; }

    /// <summary>The broker that answered; null if that does not matter.</summary>
    public BrokerAddress? Broker { get; }

    private static string Describe(ErrorCode error, ApiKey api, string about, string? brokerMessage, BrokerAddress? broker)
    {
        string from = broker is null ? "" : $" by broker {broker}";
        string meaning = string.IsNullOrWhiteSpace(brokerMessage) ? ErrorCodes.Meaning(error) : brokerMessage.TrimEnd('.') + ".";
        string? remedy = ErrorCodes.Remedy(error);
        return $"{about}: {ErrorCodes.Name(error)} ({api} refused{from}). {meaning}{(remedy is null ? "" : " " + remedy)}";
    }
}
