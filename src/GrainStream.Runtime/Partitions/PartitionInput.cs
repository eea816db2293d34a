namespace GrainStream.Runtime.Partitions;

/// <summary>Something for a partition's machine loop to do.</summary>
public abstract class PartitionInput
{
    /// <summary>Runs on the loop: alone, to its end, without waiting.</summary>
    internal abstract void Execute(Partition partition);

    /// <summary>Called instead of <see cref="Execute"/> when the partition is closed or its machine has failed.</summary>
    internal abstract void Refuse(Partition partition);
}
