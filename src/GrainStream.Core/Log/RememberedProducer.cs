namespace GrainStream.Core.Log;

/// <summary>An idempotent producer as one partition remembers it.</summary>
/// <param name="Id">The producer id.</param>
/// <param name="Epoch">Its newest epoch that wrote here.</param>
/// <param name="Batches">Its last batches of that epoch, oldest first: one to <see cref="MaxBatches"/>.</param>
public sealed record RememberedProducer(long Id, short Epoch, IReadOnlyList<ProducedBatch> Batches)
{
    /// <summary>
    /// Batches remembered per producer. Kafka's number (ProducerStateEntry.NUM_BATCHES_TO_RETAIN): an idempotent client has at most
    /// five requests in flight, so it can send none older again.
    /// </summary>
    public const int MaxBatches = 5;
}
