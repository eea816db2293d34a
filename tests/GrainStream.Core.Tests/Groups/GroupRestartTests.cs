namespace GrainStream.Core.Tests.Groups;

/// <summary>The process dies and comes back with what is in the log.</summary>
public sealed class GroupRestartTests
{
    [Fact]
    public void Members_that_come_back_in_time_go_on_without_a_rebalance() => GroupTranscript.Check(
        """
        > topic orders 2
        > a join
        a in generation 1 as a-1, range, leads a-1
        > b join
        > a join
        a in generation 2 as a-1, range, leads a-1 b-2
        b in generation 2 as b-2, range, follows
        > b sync
        > a sync a=orders:0 b=orders:1
        a works on orders:0
        b works on orders:1
        = generation 2, 2 members, because member a-1 (client a, /a) joined; member b-2 (client b, /b) joined: a-1 +orders-0; b-2 +orders-1
        > a commit orders:0@5
        a commit: None
        > wait 9s
        > restart
        > wait 9s
        > a heartbeat
        a heartbeat: None
        > b heartbeat
        b heartbeat: None
        > a fetch orders:0
        a finds orders:0@5
        > b commit orders:1@6
        b commit: None
        > describe
        Stable consumer range
         a-1 a /a orders:0
         b-2 b /b orders:1
        > wait 9s
        > cut and restart
        > wait 9s
        > a heartbeat
        a heartbeat: None
        > b commit orders:1@7
        b commit: None
        > a fetch
        a finds orders:0@5 orders:1@7
        """);

    [Fact]
    public void Members_that_do_not_come_back_are_gone_after_their_session() => GroupTranscript.Check(
        """
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > restart
        > wait 10s
        = generation 2, 0 members, because member a-1 (client a, /a) was silent for its session time-out: a-1 -orders-0
        > describe
        Empty consumer
        """);

    [Fact]
    public void A_rebalance_that_was_under_way_begins_again_and_no_generation_is_used_twice() => GroupTranscript.Check(
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
        > restart
        > a sync a=orders:0
        a sync: IllegalGeneration
        > a heartbeat gen=1
        a heartbeat: None
        > b join
        b join: UnknownMemberId as b-2
        > b join id=
        > a join
        a in generation 3 as a-1, range, leads a-1 b-3
        b in generation 3 as b-3, range, follows
        > a sync a=orders:0
        a works on orders:0
        = generation 3, 2 members, because member b-3 (client b, /b) joined: nothing moved
        """);

    [Fact]
    public void A_restart_in_the_middle_of_a_join_loses_only_the_wait() => GroupTranscript.Check(
        """
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > b join
        > cut and restart
        > a heartbeat
        a heartbeat: None
        > b join
        > a join
        a in generation 2 as a-1, range, leads a-1 b-3
        b in generation 2 as b-3, range, follows
        > b sync
        > a sync a=orders:0 b=orders:1
        a works on orders:0
        b works on orders:1
        = generation 2, 2 members, because member b-3 (client b, /b) joined: b-3 +orders-1
        """);

    [Fact]
    public void A_static_member_that_took_over_is_still_the_one_after_a_restart() => GroupTranscript.Check(
        """
        > a join as=one v=5
        a in generation 1 as one-1, range, leads one-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member one-1 (static one, client a, /a) joined: one-1 +orders-0
        > a2 join as=one v=5
        a2 in generation 1 as one-2, range, follows
        > restart
        > a heartbeat
        a heartbeat: FencedInstanceId
        > a2 heartbeat
        a2 heartbeat: None
        > a2 sync
        a2 works on orders:0
        > cut and restart
        > a2 heartbeat
        a2 heartbeat: None
        """);
}
