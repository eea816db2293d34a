using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks for the identity of an idempotent or transactional producer (KIP-98).</summary>
/// <remarks>
/// 2 is flexible. 3 can ask for the next epoch of an id. 6 takes part in two-phase commit.
/// </remarks>
[KafkaMessage(ApiKey.InitProducerId, MessageKind.Request, "0-6", Flexible = "2+")]
public sealed partial class InitProducerIdRequest
{
    /// <summary>Null for a producer without transactions.</summary>
    [Field(Nullable = "0+")]
    public string? TransactionalId { get; set; }

    /// <summary>Milliseconds after which an idle transaction is aborted.</summary>
    [Field]
    public int TransactionTimeoutMs { get; set; }

    /// <summary>Id the producer has already, to get the next epoch of it (KIP-360); -1 for a new one.</summary>
    [Field("3+")]
    public long ProducerId { get; set; } = -1;

    /// <summary>Epoch the producer has already; -1 if none.</summary>
    [Field("3+")]
    public short ProducerEpoch { get; set; } = -1;

    /// <summary>Transactions are decided by an outside coordinator (KIP-939).</summary>
    [Field("6+")]
    public bool Enable2Pc { get; set; }

    /// <summary>Go on with the transaction under way instead of aborting it.</summary>
    [Field("6+")]
    public bool KeepPreparedTxn { get; set; }
}
