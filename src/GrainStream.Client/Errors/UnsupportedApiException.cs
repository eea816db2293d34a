using GrainStream.Protocol;

namespace GrainStream.Client.Errors;

/// <summary>A broker does not offer a request that is needed, or not in a version that this client speaks.</summary>
public sealed class UnsupportedApiException : KafkaException
{
    internal UnsupportedApiException(ApiKey api, string message)
        : base(message, isRetriable: false)
    {
        Api = api;
    }

    /// <summary>The request.</summary>
    public ApiKey Api { get; }
}
