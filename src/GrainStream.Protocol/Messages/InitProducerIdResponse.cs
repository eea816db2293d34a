using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>The identity for an <see cref="InitProducerIdRequest"/>.</summary>
[KafkaMessage(ApiKey.InitProducerId, MessageKind.Response, "0-6", Flexible = "2+")]
public sealed partial class InitProducerIdResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>-1 on errors.</summary>
    [Field]
    public long ProducerId { get; set; } = -1;

    [Field]
    public short ProducerEpoch { get; set; }

    /// <summary>Producer id of the transaction that was kept; -1 if there is none.</summary>
    [Field("6+", Ignorable = true)]
    public long OngoingTxnProducerId { get; set; } = -1;

    /// <summary>Epoch of the transaction that was kept; -1 if there is none.</summary>
    [Field("6+", Ignorable = true)]
    public short OngoingTxnProducerEpoch { get; set; } = -1;
}
