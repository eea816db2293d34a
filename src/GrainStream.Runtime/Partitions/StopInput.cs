namespace GrainStream.Runtime.Partitions;

/// <summary>The partition's topic is deleted, or its journal has failed.</summary>
internal sealed class StopInput(PartitionStatus status) : PartitionInput
{
    internal override void Execute(Partition partition) => partition.Stop(status);

    internal override void Refuse(Partition partition)
    {
        // Stopped already.
    }
}
