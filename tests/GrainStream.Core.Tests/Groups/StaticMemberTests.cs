namespace GrainStream.Core.Tests.Groups;

/// <summary>Members that keep their place over a restart (KIP-345).</summary>
public sealed class StaticMemberTests
{
    [Fact]
    public void A_static_member_that_comes_back_goes_on_without_a_rebalance() => GroupTranscript.Check(
        """
        > a join as=one v=5
        a in generation 1 as one-1, range, leads one-1
        > b join as=two v=5
        > a join
        a in generation 2 as one-1, range, leads one-1 two-2
        b in generation 2 as two-2, range, follows
        > b sync
        > a sync a=orders:0 b=orders:1
        a works on orders:0
        b works on orders:1
        = generation 2, 2 members, because member one-1 (static one, client a, /a) joined; member two-2 (static two, client b, /b) joined: one-1 +orders-0; two-2 +orders-1
        > log
        log: ClassicGenerationStarted, ClassicGenerationStarted, ClassicGenerationFormed
        > b join id=
        b in generation 2 as two-3, range, follows
        > b sync
        b works on orders:1
        > a heartbeat
        a heartbeat: None
        > describe
        Stable consumer range
         one-1 one a /a orders:0
         two-3 two b /b orders:1
        > log
        log: StaticMemberReplaced
        """);

    [Fact]
    public void The_one_it_replaces_is_fenced_off() => GroupTranscript.Check(
        """
        > topic orders 1
        > a join as=one v=7
        a in generation 1 as one-1, range, leads one-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member one-1 (static one, client a, /a) joined: one-1 +orders-0
        > a2 join as=one v=7
        a2 in generation 1 as one-2, range, follows
        > a heartbeat
        a heartbeat: FencedInstanceId
        > a commit orders:0@5
        a commit: FencedInstanceId
        > a join
        a join: FencedInstanceId as one-1
        > a sync
        a sync: FencedInstanceId
        > a leave
        a left: FencedInstanceId
        > a2 sync
        a2 works on orders:0
        > a2 commit orders:0@5
        a2 commit: None
        """);

    [Fact]
    public void A_static_leader_that_comes_back_is_told_not_to_assign() => GroupTranscript.Check(
        """
        > a join as=one v=9
        a in generation 1 as one-1, range, leads one-1
        > b join as=two v=9
        > a join
        a in generation 2 as one-1, range, leads one-1 two-2
        b in generation 2 as two-2, range, follows
        > b sync
        > a sync a=orders:0 b=orders:1
        a works on orders:0
        b works on orders:1
        = generation 2, 2 members, because member one-1 (static one, client a, /a) joined; member two-2 (static two, client b, /b) joined: one-1 +orders-0; two-2 +orders-1
        > a join id=
        a in generation 2 as one-3, range, leads one-3 two-2 and need not assign
        > a sync
        a works on orders:0
        > a join
        > b join
        a in generation 3 as one-3, range, leads one-3 two-2
        b in generation 3 as two-2, range, follows
        """);

    [Fact]
    public void A_static_leader_of_an_older_client_is_told_that_somebody_else_leads() => GroupTranscript.Check(
        """
        > a join as=one v=5
        a in generation 1 as one-1, range, leads one-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member one-1 (static one, client a, /a) joined: one-1 +orders-0
        > a join id=
        a in generation 1 as one-2, range, follows
        > a sync
        a works on orders:0
        """);

    [Fact]
    public void A_static_member_keeps_its_partitions_until_its_session_ends() => GroupTranscript.Check(
        """
        > a join as=one v=5 session=60s rebalance=10s
        a in generation 1 as one-1, range, leads one-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member one-1 (static one, client a, /a) joined: one-1 +orders-0
        > b join as=two v=5 session=60s rebalance=10s
        > wait 10s
        b in generation 2 as two-2, range, leads one-1 two-2
        > describe
        CompletingRebalance consumer
         one-1 one a /a nothing
         two-2 two b /b nothing
        > b sync a=orders:0 b=orders:1
        b works on orders:1
        = generation 2, 2 members, because member two-2 (static two, client b, /b) joined: two-2 +orders-1
        > b heartbeat
        b heartbeat: None
        > wait 49s
        > b heartbeat
        b heartbeat: None
        > wait 2s
        > b heartbeat
        b heartbeat: RebalanceInProgress
        > b join
        b in generation 3 as two-2, range, leads two-2
        > b sync b=orders:0,1
        b works on orders:0,1
        = generation 3, 1 members, because member one-1 (static one, client a, /a) was silent for its session time-out: one-1 -orders-0; two-2 +orders-0
        """);

    [Fact]
    public void While_an_assignment_is_being_made_a_static_member_that_comes_back_makes_all_begin_again() => GroupTranscript.Check(
        """
        > a join as=one v=5
        a in generation 1 as one-1, range, leads one-1
        > b join as=two v=5
        > a join
        a in generation 2 as one-1, range, leads one-1 two-2
        b in generation 2 as two-2, range, follows
        > b sync
        > b2 join as=two v=5
        b sync: FencedInstanceId
        > a sync a=orders:0 b=orders:1
        a sync: RebalanceInProgress
        > a join
        a in generation 3 as one-1, range, leads one-1 two-3
        b2 in generation 3 as two-3, range, follows
        """);

    [Fact]
    public void A_static_member_that_comes_back_in_the_middle_of_a_join_replaces_the_one_that_waits() => GroupTranscript.Check(
        """
        > a join as=one v=5
        a in generation 1 as one-1, range, leads one-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member one-1 (static one, client a, /a) joined: one-1 +orders-0
        > b join as=two v=5
        > b2 join as=two v=5
        b join: FencedInstanceId as two-2
        > a join
        a in generation 2 as one-1, range, leads one-1 two-3
        b2 in generation 2 as two-3, range, follows
        """);

    [Fact]
    public void A_static_member_that_comes_back_with_other_protocols_may_change_the_choice() => GroupTranscript.Check(
        """
        > a join as=one v=5 protocols=range,sticky
        a in generation 1 as one-1, range, leads one-1
        > b join as=two v=5 protocols=range,sticky
        > a join
        a in generation 2 as one-1, range, leads one-1 two-2
        b in generation 2 as two-2, range, follows
        > b sync
        > a sync a=orders:0 b=orders:1
        a works on orders:0
        b works on orders:1
        = generation 2, 2 members, because member one-1 (static one, client a, /a) joined; member two-2 (static two, client b, /b) joined: one-1 +orders-0; two-2 +orders-1
        > b join id= protocols=sticky
        > a join
        a in generation 3 as one-1, sticky, leads one-1 two-3
        b in generation 3 as two-3, sticky, follows
        """);

    [Fact]
    public void Tools_remove_static_members_by_their_instance() => GroupTranscript.Check(
        """
        > a join as=one v=5
        a in generation 1 as one-1, range, leads one-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member one-1 (static one, client a, /a) joined: one-1 +orders-0
        > tool leave as=one v=3
        tool left: None
        = generation 2, 0 members, because member one-1 (static one, client a, /a) left: one-1 -orders-0
        > tool leave as=nobody
        tool left: UnknownMemberId
        > a heartbeat
        a heartbeat: UnknownMemberId
        """);

    [Fact]
    public void An_instance_nobody_has_is_unknown() => GroupTranscript.Check(
        """
        > a join as=one v=5
        a in generation 1 as one-1, range, leads one-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member one-1 (static one, client a, /a) joined: one-1 +orders-0
        > a heartbeat as=two
        a heartbeat: UnknownMemberId
        > a heartbeat as=one
        a heartbeat: None
        > b heartbeat as=one id=other gen=1
        b heartbeat: FencedInstanceId
        """);
}
