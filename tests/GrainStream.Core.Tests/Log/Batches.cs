using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Tests.Log;

/// <summary>Batch heads and partition logs in the shapes the tests need.</summary>
internal static class Batches
{
    public static readonly Timestamp Now = new(1_700_000_000_000);

    public const int FrameSize = 256;

    public static RecordBatchHeader Plain(int records = 1, long? timestamp = null) => new(
        BaseOffset: 0,
        BatchLength: 100,
        PartitionLeaderEpoch: -1,
        Magic: 2,
        Crc: 0,
        Attributes: 0,
        LastOffsetDelta: records - 1,
        BaseTimestamp: timestamp ?? Now.UnixMs,
        MaxTimestamp: timestamp ?? Now.UnixMs,
        ProducerId: -1,
        ProducerEpoch: -1,
        BaseSequence: -1,
        RecordCount: records);

    public static RecordBatchHeader From(long producer, short epoch, int sequence, int records = 1) =>
        Plain(records) with { ProducerId = producer, ProducerEpoch = epoch, BaseSequence = sequence };

    public static PartitionLog OpenLog(int maxProducers = PartitionLog.DefaultMaxProducers)
    {
        var log = new PartitionLog(maxProducers);
        log.StartEpoch(new LeaderEpoch(0));
        return log;
    }

    public static AppendDecision Decide(this PartitionLog log, in RecordBatchHeader batch) => log.DecideAppend(batch, AppendRules.Default, Now);

    /// <summary>What a host does: decide, journal, apply. The journal is a line of frames of one size.</summary>
    public static AppendDecision Append(this PartitionLog log, in RecordBatchHeader batch, AppendRules? rules = null, Timestamp? now = null)
    {
        AppendDecision decision = log.DecideAppend(batch, rules ?? AppendRules.Default, now ?? Now);
        if (decision.IsAccepted)
        {
            log.ApplyAt(decision.BaseOffset.Value, batch, now: now);
        }

        return decision;
    }

    public static void ApplyAt(this PartitionLog log, long baseOffset, in RecordBatchHeader batch, int epoch = -1, Timestamp? now = null) =>
        log.Apply(new AppendedBatch(
            batch with { BaseOffset = baseOffset },
            new LeaderEpoch(epoch >= 0 ? epoch : log.LeaderEpoch.Value),
            new JournalPosition(baseOffset * FrameSize),
            FrameSize,
            StartsRun: false,
            now ?? Now));

    public static void Commit(this PartitionLog log) => log.Synced(log.LogEndOffset);
}
