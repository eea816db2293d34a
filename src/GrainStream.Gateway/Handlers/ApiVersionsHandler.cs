using GrainStream.Gateway.Connections;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// ApiVersions 0-4. Lists every registered handler with its versions. A request of another version is answered in version 0 with
/// UNSUPPORTED_VERSION and the versions of ApiVersions, so that a newer client can ask again (KIP-511).
/// From version 3 on a client software name or version outside <c>[A-Za-z0-9.-]+</c> is refused with INVALID_REQUEST (KIP-511).
/// Deviations: no features (KIP-584) are announced, since none are finalised. Produce is announced from version 0, as Kafka 4 does, though
/// it is
/// served from 3 on: librdkafka takes anything else for a broker without compression (KAFKA-18659).
/// </summary>
/// <param name="services">Gives the registry, which itself holds this handler.</param>
internal sealed class ApiVersionsHandler(IServiceProvider services) : RequestHandler<ApiVersionsRequest, ApiVersionsResponse>
{
    private ApiVersionsResponse.ApiVersion[]? _versions;

    /// <inheritdoc/>
    internal override ApiVersionsResponse CreateErrorResponse(ApiVersionsRequest request, ErrorCode error, short version) =>
        new() { ErrorCode = error };

    /// <inheritdoc/>
    internal override bool TryRefuseVersion(KafkaConnection connection, in IncomingRequest incoming)
    {
        var context = new RequestContext<ApiVersionsRequest, ApiVersionsResponse>(incoming, connection, this, new ApiVersionsRequest())
        {
            ResponseVersion = 0,
        };
        connection.Responses.Add(context);
        context.Complete(new ApiVersionsResponse { ErrorCode = ErrorCode.UnsupportedVersion, ApiKeys = [Describe(this)] });
        return true;
    }

    /// <inheritdoc/>
    protected override ValueTask DispatchAsync(ApiVersionsRequest request, RequestContext<ApiVersionsResponse> context)
    {
        bool isValid = context.Version < 3 || (IsSoftwareName(request.ClientSoftwareName) && IsSoftwareName(request.ClientSoftwareVersion));
        context.Complete(isValid
            ? new ApiVersionsResponse { ApiKeys = Versions() }
            : new ApiVersionsResponse { ErrorCode = ErrorCode.InvalidRequest });
        return ValueTask.CompletedTask;
    }

    private static bool IsSoftwareName(string name) =>
        name.Length > 0
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.')
        && char.IsAsciiLetterOrDigit(name[0])
        && char.IsAsciiLetterOrDigit(name[^1]);

    private static ApiVersionsResponse.ApiVersion Describe(RequestHandler handler) => new()
    {
        ApiKey = handler.ApiKey,
        MinVersion = handler.ApiKey == ApiKey.Produce ? (short)0 : handler.LowestVersion,
        MaxVersion = handler.HighestVersion,
    };

    private ApiVersionsResponse.ApiVersion[] Versions() =>
        _versions ??= [.. services.GetRequiredService<HandlerRegistry>().Handlers.Select(Describe)];
}
