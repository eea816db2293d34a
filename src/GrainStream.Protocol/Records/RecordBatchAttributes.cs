namespace GrainStream.Protocol.Records;

/// <summary>Meaning of the bits of a record batch's attributes field (KIP-32, KIP-98, KIP-534).</summary>
internal static class RecordBatchAttributes
{
    public const short CompressionMask = 0x07;

    /// <summary>Set by the broker: every record's timestamp is the batch's maximum timestamp.</summary>
    public const short LogAppendTime = 0x08;

    public const short Transactional = 0x10;

    /// <summary>Written by brokers only: the one record is a transaction marker or the like.</summary>
    public const short Control = 0x20;

    /// <summary>Written by compaction only: the base timestamp says when tombstones in the batch may go.</summary>
    public const short DeleteHorizon = 0x40;

    /// <summary>All bits that have a meaning.</summary>
    public const short Known = CompressionMask | LogAppendTime | Transactional | Control | DeleteHorizon;
}
