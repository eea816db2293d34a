using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>The member's assignment.</summary>
[KafkaMessage(ApiKey.SyncGroup, MessageKind.Response, "0-5", Flexible = "4+")]
public sealed partial class SyncGroupResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public ErrorCode ErrorCode { get; set; }

    [Field("5+", Nullable = "5+", Ignorable = true)]
    public string? ProtocolType { get; set; }

    [Field("5+", Nullable = "5+", Ignorable = true)]
    public string? ProtocolName { get; set; }

    /// <summary>As the leader made it; empty on errors.</summary>
    [Field]
    public byte[] Assignment { get; set; } = [];
}
