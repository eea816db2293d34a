using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client.Connections;

/// <summary>Which versions of which requests one broker takes, as it told in answer to ApiVersions.</summary>
internal sealed class ApiVersionTable
{
    private readonly BrokerAddress _broker;
    private readonly Dictionary<ApiKey, (short Lowest, short Highest)> _ranges = [];

    public ApiVersionTable(BrokerAddress broker, IEnumerable<ApiVersionsResponse.ApiVersion> ranges)
    {
        _broker = broker;
        foreach (ApiVersionsResponse.ApiVersion range in ranges)
        {
            _ranges[range.ApiKey] = (range.MinVersion, range.MaxVersion);
        }
    }

    /// <summary>Whether <see cref="Choose{TRequest, TResponse}"/> would find a version.</summary>
    public bool Has<TRequest>(short atLeast = 0)
        where TRequest : IKafkaRequest<TRequest> =>
        _ranges.TryGetValue(TRequest.Key, out (short Lowest, short Highest) range)
            && range.Highest >= Math.Max(atLeast, TRequest.LowestVersion)
            && range.Lowest <= TRequest.HighestVersion;

    /// <summary>The highest version that both sides know.</summary>
    /// <param name="atMost">Leave out later versions, which this client has no use for.</param>
    /// <exception cref="UnsupportedApiException">There is none.</exception>
    public short Choose<TRequest, TResponse>(short atMost = short.MaxValue)
        where TRequest : IKafkaRequest<TRequest>
        where TResponse : IKafkaResponse<TResponse>
    {
        if (!_ranges.TryGetValue(TRequest.Key, out (short Lowest, short Highest) broker))
        {
            throw new UnsupportedApiException(TRequest.Key, $"Broker {_broker} does not offer {TRequest.Key}. A newer broker is needed for this.");
        }

        short ownLowest = Math.Max(TRequest.LowestVersion, TResponse.LowestVersion);
        short ownHighest = Math.Min(atMost, Math.Min(TRequest.HighestVersion, TResponse.HighestVersion));
        short version = Math.Min(ownHighest, broker.Highest);
        return version >= ownLowest && version >= broker.Lowest
            ? version
            : throw new UnsupportedApiException(
                TRequest.Key,
                $"Broker {_broker} offers {TRequest.Key} in versions {broker.Lowest} to {broker.Highest}, this client in {ownLowest} to {ownHighest}. "
                + (broker.Highest < ownLowest ? "A newer broker is needed." : "A newer client is needed."));
    }
}
