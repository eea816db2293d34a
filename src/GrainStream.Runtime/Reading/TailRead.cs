namespace GrainStream.Runtime.Reading;

/// <summary>What a partition's tail had for a reader.</summary>
/// <param name="Outcome">Whether there was something.</param>
/// <param name="Records">The batches, if <see cref="TailReadOutcome.Found"/>; the receiver disposes it.</param>
internal readonly record struct TailRead(TailReadOutcome Outcome, RecordsPayload? Records)
{
    public static TailRead Nothing => new(TailReadOutcome.Nothing, null);

    public static TailRead BelowTail => new(TailReadOutcome.BelowTail, null);

    /// <summary>These batches, if there are any.</summary>
    public static TailRead Of(RecordsPayload? records) => records is null ? Nothing : new(TailReadOutcome.Found, records);
}
