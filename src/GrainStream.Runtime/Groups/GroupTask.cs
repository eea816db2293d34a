using GrainStream.Runtime.Partitions;

namespace GrainStream.Runtime.Groups;

/// <summary>Something for a group's host to do on its loop, whether the log is still open or not.</summary>
internal sealed class GroupTask(Action run) : PartitionInput
{
    internal override void Execute(Partition partition) => run();

    internal override void Refuse(Partition partition) => run();
}
