using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Groups;

/// <summary>A group's requests that have no answer yet: those that its machine has, and those that wait for it to be there. Of the group's loop.</summary>
internal sealed class GroupQueue
{
    /// <summary>Requests that may wait for a group to load: more than its members send in a moment.</summary>
    private const int MaxWaiting = 1000;

    private readonly HashSet<GroupInput> _open = [];
    private Queue<GroupInput>? _waiting;

    /// <summary>The machine owes nobody an answer.</summary>
    public bool IsIdle => _open.Count == 0;

    /// <summary>The machine has it from here on.</summary>
    public void Open(GroupInput request) => _open.Add(request);

    /// <summary>It is answered, or somebody else will answer it.</summary>
    public void Close(GroupInput request) => _open.Remove(request);

    /// <summary>Has a request wait for the machine; refuses it (COORDINATOR_LOAD_IN_PROGRESS) if too many do.</summary>
    public void Wait(GroupInput request)
    {
        if (_waiting is { Count: >= MaxWaiting })
        {
            request.Fail(ErrorCode.CoordinatorLoadInProgress, isGone: false);
            return;
        }

        (_waiting ??= new()).Enqueue(request);
    }

    /// <summary>The next one that waits.</summary>
    public bool TryTake([NotNullWhen(true)] out GroupInput? request)
    {
        if (_waiting is not null && _waiting.TryDequeue(out request))
        {
            return true;
        }

        _waiting = null;
        request = null;
        return false;
    }

    /// <summary>Refuses all that wait.</summary>
    public void RefuseWaiting(bool isGone)
    {
        while (TryTake(out GroupInput? request))
        {
            request.Fail(ErrorCode.CoordinatorNotAvailable, isGone);
        }
    }

    /// <summary>Those that the machine has now.</summary>
    public GroupInput[] TakeOpen() => [.. _open];

    /// <summary>Refuses those of <paramref name="requests"/> that have no answer.</summary>
    public static void Refuse(GroupInput[] requests, bool isGone)
    {
        foreach (GroupInput request in requests)
        {
            request.Fail(ErrorCode.CoordinatorNotAvailable, isGone);
        }
    }
}
