using GrainStream.Core.Log;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Partitions;

/// <summary>
/// Makes a partition independent of the journal below a position, as far as it can be: copies runs that lie there to the journal's head,
/// lets go of those below the tiered end, and writes a checkpoint. Afterwards <see cref="Partition.OldestPosition"/> tells what became of it:
/// a run that has changed since it was read, or was not given, stays where it is.
/// </summary>
/// <param name="below">What lies at this position or beyond stays.</param>
/// <param name="copies">
/// Runs that begin below it and are not tiered, read from committed and synced frames. Of those the partition no longer has nothing is written.
/// </param>
public sealed class CheckpointInput(JournalPosition below, IReadOnlyList<RunToCopy> copies) : PartitionInput
{
    private readonly TaskCompletionSource<ErrorCode> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JournalPosition Below { get; } = below;

    public IReadOnlyList<RunToCopy> Copies { get; } = copies;

    /// <summary>None once the checkpoint is on stable storage; an error if it never will be, and then nothing has changed.</summary>
    public Task<ErrorCode> Completion => _completion.Task;

    internal void Complete(ErrorCode error) => _completion.TrySetResult(error);

    internal override void Execute(Partition partition) => partition.Checkpoints.Write(this);

    internal override void Refuse(Partition partition) => Complete(partition.RefusalError);
}
