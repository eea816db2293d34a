namespace GrainStream.Core.Groups.Classic;

/// <summary>
/// When a group must be looked at again. Heartbeats move a deadline further away all the time, so only the earliest ever set is kept: a look that comes too early finds nothing to
/// do and sets it anew.
/// </summary>
internal sealed class ClassicDeadlines
{
    /// <summary>Null for never.</summary>
    public TimeSpan? Earliest { get; private set; }

    public void Add(TimeSpan deadline)
    {
        if (Earliest is null || deadline < Earliest)
        {
            Earliest = deadline;
        }
    }

    public void Add(TimeSpan? deadline)
    {
        if (deadline is { } known)
        {
            Add(known);
        }
    }

    /// <summary>Begins anew: what still counts is to be added again.</summary>
    public void Clear() => Earliest = null;

    /// <summary>Gives the member a whole session from now on.</summary>
    public void Renew(GroupStep step, ClassicMember member) => Set(member, step.Clock + member.SessionTimeout);

    public void Set(ClassicMember member, TimeSpan deadline)
    {
        member.SessionDeadline = deadline;
        Add(deadline);
    }
}
