using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>
/// All of a partition's state and where its batches lie: what the partition's log can be rebuilt from without anything that lies before it
/// in the journal, but for the frames its runs point at. Immutable. See <see cref="PartitionCheckpointCodec"/> for the bytes.
/// </summary>
public sealed record PartitionCheckpoint
{
    /// <summary>S.</summary>
    public required Offset LogStartOffset { get; init; }

    /// <summary>T.</summary>
    public required Offset TieredEnd { get; init; }

    /// <summary>L. What lies below is before the checkpoint in the journal, and as durable as the checkpoint is.</summary>
    public required Offset LogEndOffset { get; init; }

    /// <summary>Greatest timestamp of any batch, -1 if none has one.</summary>
    public required long MaxTimestamp { get; init; }

    /// <summary>Which leader epochs began where, oldest first.</summary>
    public required IReadOnlyList<EpochStart> Epochs { get; init; }

    /// <summary>The idempotent producers, the one silent for longest first: with them duplicates are recognised after a restart.</summary>
    public required IReadOnlyList<RememberedProducer> Producers { get; init; }

    /// <summary>Where the batches of [X, L) lie, X &lt;= T, in order of offset and without gaps.</summary>
    public required IReadOnlyList<TailRun> Runs { get; init; }

    /// <summary>Why this cannot be a partition's state; null if it can.</summary>
    public string? Contradiction()
    {
        if (LogStartOffset.Value < 0 || LogStartOffset > TieredEnd || TieredEnd > LogEndOffset || MaxTimestamp < -1)
        {
            return $"log start {LogStartOffset}, tiered end {TieredEnd} and log end {LogEndOffset} do not ascend, or a timestamp is negative";
        }

        return EpochContradiction() ?? ProducerContradiction() ?? RunContradiction();
    }

    private string? EpochContradiction()
    {
        for (int i = 0; i < Epochs.Count; i++)
        {
            EpochStart epoch = Epochs[i];
            bool follows = i == 0 || (epoch.Epoch > Epochs[i - 1].Epoch && epoch.Start > Epochs[i - 1].Start);
            if (!follows || epoch.Epoch.Value < 0 || epoch.Start.Value < 0 || epoch.Start > LogEndOffset)
            {
                return $"leader epoch {epoch.Epoch} at offset {epoch.Start} does not follow the one before";
            }
        }

        return null;
    }

    private string? ProducerContradiction()
    {
        var ids = new HashSet<long>(Producers.Count);
        foreach (RememberedProducer producer in Producers)
        {
            if (producer.Id < 0 || producer.Epoch < 0 || !ids.Add(producer.Id)
                || producer.Batches.Count is < 1 or > RememberedProducer.MaxBatches)
            {
                return $"producer {producer.Id} of epoch {producer.Epoch} is there twice or has {producer.Batches.Count} batches";
            }

            foreach (ProducedBatch batch in producer.Batches)
            {
                if (batch.BaseOffset.Value < 0 || batch.LastOffsetDelta < 0 || batch.LastSequence < 0
                    || batch.BaseOffset > LogEndOffset || batch.End > LogEndOffset)
                {
                    return $"producer {producer.Id} has a batch at {batch.BaseOffset} that cannot be in the log";
                }
            }
        }

        return null;
    }

    private string? RunContradiction()
    {
        Offset next = Runs.Count > 0 ? Runs[0].BaseOffset : LogEndOffset;
        if (next.Value < 0 || next > TieredEnd)
        {
            return $"the runs begin at offset {next}, beyond the tiered end {TieredEnd}";
        }

        foreach (TailRun run in Runs)
        {
            bool isWindow = run.Start.Value >= 0 && run.End > run.Start && run.End - run.Start <= uint.MaxValue;
            if (run.BaseOffset != next || run.EndOffset <= next || !isWindow || run.Bytes < 0 || run.Bytes > run.End - run.Start)
            {
                return $"the run at offset {run.BaseOffset} does not follow offset {next}, or is no window of the journal";
            }

            next = run.EndOffset;
        }

        return next == LogEndOffset ? null : $"the runs end at offset {next}, not at {LogEndOffset}";
    }

    /// <summary>
    /// Whether this can be the state of a log of [<paramref name="logStart"/>, <paramref name="logEnd"/>), tiered to <paramref name="tieredEnd"/>: nothing goes back, and
    /// the log ends where it did; or, all of it being in segments, where those end.
    /// </summary>
    public bool Continues(Offset logStart, Offset tieredEnd, Offset logEnd) =>
        LogStartOffset >= logStart && TieredEnd >= tieredEnd
        && (LogEndOffset == logEnd || (LogEndOffset > logEnd && TieredEnd == LogEndOffset));
}
