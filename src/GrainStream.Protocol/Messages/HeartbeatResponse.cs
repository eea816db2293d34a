using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Whether the member is still one; REBALANCE_IN_PROGRESS tells it to join again.</summary>
[KafkaMessage(ApiKey.Heartbeat, MessageKind.Response, "0-4", Flexible = "4+")]
public sealed partial class HeartbeatResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public ErrorCode ErrorCode { get; set; }
}
