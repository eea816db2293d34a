using GrainStream.Core.Groups;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Groups;

/// <summary>Something that a group's machine may want to know; nobody waits for an answer, and a group that is not loaded need not know.</summary>
internal sealed class GroupSignal(GroupHost host, Action<Group, GroupStep> act) : GroupInput(host)
{
    public override bool IsRequest => false;

    public override void Run(Group group, GroupStep step) => act(group, step);

    public override void Fail(ErrorCode error, bool isGone)
    {
        // Nobody waits.
    }
}
