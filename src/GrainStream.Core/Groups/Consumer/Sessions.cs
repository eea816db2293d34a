namespace GrainStream.Core.Groups.Consumer;

/// <summary>Until when members are waited for. Not durable: after a restart all begin anew.</summary>
internal sealed class Sessions(ConsumerMembers members)
{
    /// <summary>No deadline is before this. It may be too early: deadlines mostly move back, and looking at all of them each time would cost.</summary>
    public TimeSpan? Next { get; private set; }

    public void Clear() => Next = null;

    /// <summary>The member was heard of.</summary>
    public void Renew(GroupStep step, ConsumerMember member)
    {
        member.SessionDeadline = step.Clock + (member.Profile.Classic?.SessionTimeout ?? step.Config.ConsumerSessionTimeout);
        Note(member);
    }

    /// <summary>The member is waited for from here on to give up partitions, if it is to; otherwise not any more.</summary>
    public void AwaitRevocation(GroupStep step, ConsumerMember member)
    {
        // Members of the classic protocol are waited for to join again instead.
        member.RevocationDeadline = member is { IsClassic: false, Position.State: MemberState.UnrevokedPartitions } ? step.Clock + member.Profile.RebalanceTimeout : null;
        Note(member);
    }

    /// <summary>A member of the classic protocol was told to join again, and has so long from the first time on.</summary>
    public void AwaitJoin(GroupStep step, ConsumerMember member)
    {
        member.JoinDeadline ??= step.Clock + member.Profile.RebalanceTimeout;
        Note(member);
    }

    /// <summary>A member of the classic protocol has joined, and is to ask for its assignment.</summary>
    public void AwaitSync(GroupStep step, ConsumerMember member)
    {
        member.JoinDeadline = null;
        member.SyncDeadline = step.Clock + member.Profile.RebalanceTimeout;
        Note(member);
    }

    /// <summary>All sessions begin now.</summary>
    public void Begin(GroupStep step)
    {
        Next = null;
        foreach (ConsumerMember member in members.All)
        {
            Renew(step, member);
            AwaitRevocation(step, member);
        }
    }

    /// <summary>The first member whose time is over, and what it failed to do; null if there is none. Until that is said, it looks at all.</summary>
    public (ConsumerMember Member, string Failure)? FindExpired(TimeSpan clock)
    {
        Next = null;
        foreach (ConsumerMember member in members.All)
        {
            if (member.NextDeadline <= clock)
            {
                return (member, FailureOf(member, clock));
            }

            Note(member);
        }

        return null;
    }

    private static string FailureOf(ConsumerMember member, TimeSpan clock) =>
        member.SessionDeadline <= clock ? (member.IsAway ? "did not come back in its session time-out" : "sent no heartbeat in its session time-out")
        : member.RevocationDeadline <= clock ? "did not give up its partitions in its rebalance time-out"
        : member.JoinDeadline <= clock ? "did not join again in its rebalance time-out"
        : "did not ask for its assignment in its rebalance time-out";

    private void Note(ConsumerMember member)
    {
        TimeSpan deadline = member.NextDeadline;
        if (deadline < TimeSpan.MaxValue)
        {
            Next = Next < deadline ? Next : deadline;
        }
    }
}
