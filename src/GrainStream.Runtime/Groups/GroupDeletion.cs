using GrainStream.Core.Groups;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Groups;

/// <summary>A request to delete a group: answered by its machine if it may not go, else when the catalogue has let go of it.</summary>
internal sealed class GroupDeletion(GroupHost host) : GroupInput(host)
{
    private readonly TaskCompletionSource<GroupReply<ErrorCode>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The outcome; GROUP_ID_NOT_FOUND if somebody else was faster.</summary>
    public Task<GroupReply<ErrorCode>> Completion => _completion.Task;

    public override bool IsRequest => true;

    public override void Run(Group group, GroupStep step) => group.Delete(step, error =>
    {
        if (error == ErrorCode.None)
        {
            Host.BeginDeleting(this);
        }
        else
        {
            Complete(error);
        }
    });

    public override void Fail(ErrorCode error, bool isGone) => Complete(isGone ? ErrorCode.GroupIdNotFound : error);

    /// <summary>Answers. On the loop.</summary>
    internal void Complete(ErrorCode error)
    {
        if (_completion.TrySetResult(new GroupReply<ErrorCode>(ErrorCode.None, false, error)))
        {
            Host.Answered(this);
        }
    }
}
