using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks which versions of each request the broker answers; the first request of most connections.</summary>
/// <remarks>
/// 3 is flexible and names the client's software.
/// </remarks>
[KafkaMessage(ApiKey.ApiVersions, MessageKind.Request, "0-4", Flexible = "3+")]
public sealed partial class ApiVersionsRequest
{
    /// <summary>Letters, digits, dots and dashes (KIP-511).</summary>
    [Field("3+", Ignorable = true)]
    public string ClientSoftwareName { get; set; } = "";

    [Field("3+", Ignorable = true)]
    public string ClientSoftwareVersion { get; set; } = "";
}
