namespace GrainStream.Runtime.Partitions;

/// <summary>The journal has reported something written or synced.</summary>
internal sealed class ProgressInput : PartitionInput
{
    /// <summary>Carries nothing, so one serves all.</summary>
    public static readonly ProgressInput Instance = new();

    internal override void Execute(Partition partition) => partition.Progress();

    internal override void Refuse(Partition partition)
    {
        // A partition that no longer serves has answered everybody who waited.
    }
}
