using GrainStream.Core.Groups;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Groups;

/// <summary>A request to a group, on its way to an answer. Answered once, on the loop; who waits goes on elsewhere.</summary>
/// <param name="host">The group.</param>
/// <param name="act">Calls the machine's method; must do nothing else.</param>
internal sealed class GroupRequest<TResponse>(GroupHost host, Action<Group, GroupStep, Action<TResponse>> act) : GroupInput(host)
    where TResponse : notnull
{
    private readonly TaskCompletionSource<GroupReply<TResponse>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The machine's answer, or why there is none.</summary>
    public Task<GroupReply<TResponse>> Completion => _completion.Task;

    public override bool IsRequest => true;

    public override void Run(Group group, GroupStep step) => act(group, step, Complete);

    public override void Fail(ErrorCode error, bool isGone)
    {
        if (_completion.TrySetResult(new GroupReply<TResponse>(error, isGone, default)))
        {
            Host.Answered(this);
        }
    }

    private void Complete(TResponse response)
    {
        if (_completion.TrySetResult(new GroupReply<TResponse>(ErrorCode.None, false, response)))
        {
            Host.Answered(this);
        }
    }
}
