using GrainStream.Core.Groups;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;

namespace GrainStream.Runtime.Groups;

/// <summary>Something for a group's machine to do; runs on the loop of the group's log.</summary>
internal abstract class GroupInput(GroupHost host) : PartitionInput
{
    protected GroupHost Host { get; } = host;

    /// <summary>Somebody waits for an answer: while the machine is not there, the input waits for it. Otherwise it is dropped.</summary>
    public abstract bool IsRequest { get; }

    /// <summary>Gives the machine its input. On the loop.</summary>
    public abstract void Run(Group group, GroupStep step);

    /// <summary>Answers with an error, unless it has been answered. On the loop.</summary>
    /// <param name="error">What the client is told.</param>
    /// <param name="isGone">The group has been deleted: it may be looked for again.</param>
    public abstract void Fail(ErrorCode error, bool isGone);

    internal sealed override void Execute(Partition partition) => Host.Take(this);

    internal sealed override void Refuse(Partition partition) =>
        Fail(ErrorCode.CoordinatorNotAvailable, isGone: partition.Status == PartitionStatus.Deleted);
}
