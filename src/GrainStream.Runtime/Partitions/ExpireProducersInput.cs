namespace GrainStream.Runtime.Partitions;

/// <summary>Forgets idempotent producers that have been silent for <paramref name="expiration"/>.</summary>
internal sealed class ExpireProducersInput(TimeSpan expiration) : PartitionInput
{
    internal override void Execute(Partition partition) => partition.ExpireProducers(expiration);

    internal override void Refuse(Partition partition)
    {
        // A partition that does not serve needs no memory of producers.
    }
}
