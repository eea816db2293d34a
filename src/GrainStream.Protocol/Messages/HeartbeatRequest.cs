using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Says that a member is alive (classic protocol).</summary>
/// <remarks>3 has static membership (KIP-345). 4 is flexible.</remarks>
[KafkaMessage(ApiKey.Heartbeat, MessageKind.Request, "0-4", Flexible = "4+")]
public sealed partial class HeartbeatRequest
{
    [Field]
    public string GroupId { get; set; } = "";

    [Field]
    public int GenerationId { get; set; }

    [Field]
    public string MemberId { get; set; } = "";

    /// <summary>Name a static member keeps over restarts; null for a dynamic member.</summary>
    [Field("3+", Nullable = "3+")]
    public string? GroupInstanceId { get; set; }
}
