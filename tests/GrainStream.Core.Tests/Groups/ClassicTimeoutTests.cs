using GrainStream.Core.Groups;

namespace GrainStream.Core.Tests.Groups;

/// <summary>How long a classic group waits: for members, for the leader, for a sign of life.</summary>
public sealed class ClassicTimeoutTests
{
    [Fact]
    public void An_empty_group_waits_for_more_members_and_longer_while_they_come() => GroupTranscript.Check(
        """
        > a join rebalance=10s
        > wait 2.9s
        > b join rebalance=10s
        > wait 0.2s
        > c join rebalance=10s
        > wait 2.8s
        > wait 0.2s
        > wait 2.7s
        > wait 0.2s
        a in generation 1 as a-1, range, leads a-1 b-2 c-3
        b in generation 1 as b-2, range, follows
        c in generation 1 as c-3, range, follows
        """,
        GroupConfig.Default);

    [Fact]
    public void The_wait_for_more_members_ends_when_no_more_come() => GroupTranscript.Check(
        """
        > a join
        > wait 3s
        a in generation 1 as a-1, range, leads a-1
        > b join
        > a join
        a in generation 2 as a-1, range, leads a-1 b-2
        b in generation 2 as b-2, range, follows
        """,
        GroupConfig.Default);

    [Fact]
    public void A_member_that_falls_silent_loses_its_partitions_and_cannot_commit_any_more() => GroupTranscript.Check(
        """
        > topic orders 2
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0,1
        a works on orders:0,1
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0,orders-1
        > b join
        > a join
        a in generation 2 as a-1, range, leads a-1 b-2
        b in generation 2 as b-2, range, follows
        > b sync
        > a sync a=orders:0 b=orders:1
        a works on orders:0
        b works on orders:1
        = generation 2, 2 members, because member b-2 (client b, /b) joined: a-1 -orders-1; b-2 +orders-1
        > a commit orders:0@5
        a commit: None
        > wait 6s
        > b heartbeat
        b heartbeat: None
        > wait 5s
        > b heartbeat
        b heartbeat: RebalanceInProgress
        > b join
        b in generation 3 as b-2, range, leads b-2
        > b sync b=orders:0,1
        b works on orders:0,1
        = generation 3, 1 members, because member a-1 (client a, /a) was silent for its session time-out: a-1 -orders-0; b-2 +orders-0
        > a commit orders:0@7
        a commit: UnknownMemberId
        > a heartbeat
        a heartbeat: UnknownMemberId
        > b fetch orders:0
        b finds orders:0@5
        > b commit orders:0@6
        b commit: None
        > b fetch orders:0
        b finds orders:0@6
        """);

    [Fact]
    public void Who_does_not_join_again_in_time_is_out() => GroupTranscript.Check(
        """
        > a join rebalance=20s
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > b join rebalance=20s
        > wait 9s
        > a heartbeat
        a heartbeat: RebalanceInProgress
        > wait 9s
        > a heartbeat
        a heartbeat: RebalanceInProgress
        > wait 2s
        b in generation 2 as b-2, range, leads b-2
        > b sync b=orders:0
        b works on orders:0
        = generation 2, 1 members, because member b-2 (client b, /b) joined; member a-1 (client a, /a) did not join in time: a-1 -orders-0; b-2 +orders-0
        > a heartbeat
        a heartbeat: UnknownMemberId
        > a join
        a join: UnknownMemberId as a-1
        """);

    [Fact]
    public void When_the_leader_is_gone_another_leads() => GroupTranscript.Check(
        """
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > b join
        > a join
        a in generation 2 as a-1, range, leads a-1 b-2
        b in generation 2 as b-2, range, follows
        > a sync a=orders:0 b=orders:1
        a works on orders:0
        = generation 2, 2 members, because member b-2 (client b, /b) joined: b-2 +orders-1
        > b sync
        b works on orders:1
        > wait 9s
        > b heartbeat
        b heartbeat: None
        > wait 2s
        > b join
        b in generation 3 as b-2, range, leads b-2
        > b sync b=orders:0,1
        b works on orders:0,1
        = generation 3, 1 members, because member a-1 (client a, /a) was silent for its session time-out: a-1 -orders-0; b-2 +orders-0
        """);

    [Fact]
    public void A_leader_that_brings_no_assignment_in_time_is_out_and_the_others_begin_again() => GroupTranscript.Check(
        """
        > a join session=30s rebalance=20s
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > b join session=30s rebalance=20s
        > a join
        a in generation 2 as a-1, range, leads a-1 b-2
        b in generation 2 as b-2, range, follows
        > b sync
        > wait 19s
        > a heartbeat
        a heartbeat: None
        > wait 1s
        b sync: RebalanceInProgress
        > b join
        b in generation 3 as b-2, range, leads b-2
        > b sync b=orders:0
        b works on orders:0
        = generation 3, 1 members, because member b-2 (client b, /b) joined; member a-1 (client a, /a) did not ask for an assignment in time: a-1 -orders-0; b-2 +orders-0
        > a heartbeat
        a heartbeat: UnknownMemberId
        """);

    [Fact]
    public void A_member_that_waits_counts_as_alive() => GroupTranscript.Check(
        """
        > a join session=10s rebalance=60s
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > b join session=10s rebalance=60s
        > wait 9s
        > a heartbeat
        a heartbeat: RebalanceInProgress
        > wait 9s
        > a heartbeat
        a heartbeat: RebalanceInProgress
        > wait 9s
        > a join
        a in generation 2 as a-1, range, leads a-1 b-2
        b in generation 2 as b-2, range, follows
        > b sync
        > wait 9s
        > a heartbeat
        a heartbeat: None
        > wait 9s
        > a sync a=orders:0 b=orders:1
        a works on orders:0
        b works on orders:1
        = generation 2, 2 members, because member b-2 (client b, /b) joined: b-2 +orders-1
        """);

    [Fact]
    public void A_member_waiting_for_its_first_generation_is_given_up_after_five_minutes() => GroupTranscript.Check(
        """
        > a join session=600s rebalance=900s
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > b join rebalance=900s
        > wait 4.9m
        > wait 0.2m
        b join: UnknownMemberId
        > a join
        a in generation 2 as a-1, range, leads a-1
        """);
}
