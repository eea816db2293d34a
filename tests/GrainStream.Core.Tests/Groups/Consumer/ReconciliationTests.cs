namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>How partitions come from one member to another without ever having two owners.</summary>
public sealed class ReconciliationTests
{
    [Fact]
    public void A_partition_is_given_only_when_the_one_who_had_it_says_that_it_gave_it_up() => ConsumerTranscript.Check("""
        > topic orders 4
        > a join orders
        a at 1, to own orders:0,1,2,3
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1,orders-2,orders-3
        > a ack
        a at 1
        > b join orders
        b at 2, to own nothing
        = 2, 2 members, because member b (client b, /b) joined: a -orders-2,orders-3; b +orders-2,orders-3
        > b beat
        b at 2
        > describe
        Reconciling at 2, assigned for 2 by uniform
          a at 1 owns orders:0,1,2,3; to own orders:0,1
          b at 2 owns nothing; to own orders:2,3
        > a beat
        a at 1, to own orders:0,1
        > b beat
        b at 2
        > a ack
        a at 2
        > b beat
        b at 2, to own orders:2,3
        > describe
        Stable at 2, assigned for 2 by uniform
          a at 2 owns orders:0,1; to own orders:0,1
          b at 2 owns orders:2,3; to own orders:2,3
        """);

    [Fact]
    public void A_heartbeat_that_changes_nothing_writes_nothing() => ConsumerTranscript.Check("""
        > topic orders 2
        > a join orders
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1
        > events
        events: ConsumerMemberChanged, ConsumerGroupEpochBumped, ConsumerTargetAssigned, ConsumerMemberReconciled
        > a ack
        a at 1
        > a beat
        a at 1
        > a full
        a at 1, to own orders:0,1
        > events
        events: none
        """);

    [Fact]
    public void Members_beyond_the_number_of_partitions_stand_by_and_take_over() => ConsumerTranscript.Check("""
        > topic orders 1
        > a join orders
        a at 1, to own orders:0
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0
        > b join orders
        b at 2, to own nothing
        = 2, 2 members, because member b (client b, /b) joined: nothing moved
        > a beat
        a at 2
        > describe
        Stable at 2, assigned for 2 by uniform
          a at 2 owns orders:0; to own orders:0
          b at 2 owns nothing; to own nothing
        > a leave
        a at -1
        > b beat
        b at 3, to own orders:0
        = 3, 1 members, because member a (client a, /a) left: b +orders-0; a -orders-0
        > describe
        Stable at 3, assigned for 3 by uniform
          b at 3 owns orders:0; to own orders:0
        """);

    [Fact]
    public void One_of_three_that_leaves_moves_only_its_partitions() => ConsumerTranscript.Check("""
        > topic orders 6
        > a join orders
        a at 1, to own orders:0,1,2,3,4,5
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1,orders-2,orders-3,orders-4,orders-5
        > b join orders
        b at 2, to own nothing
        = 2, 2 members, because member b (client b, /b) joined: a -orders-3,orders-4,orders-5; b +orders-3,orders-4,orders-5
        > c join orders
        c at 3, to own nothing
        = 3, 3 members, because member c (client c, /c) joined: a -orders-2; b -orders-5; c +orders-2,orders-5
        > a beat
        a at 1, to own orders:0,1
        > a ack
        a at 3
        > b beat
        b at 3, to own orders:3,4
        > c beat
        c at 3, to own orders:2,5
        > describe
        Stable at 3, assigned for 3 by uniform
          a at 3 owns orders:0,1; to own orders:0,1
          b at 3 owns orders:3,4; to own orders:3,4
          c at 3 owns orders:2,5; to own orders:2,5
        > c leave
        c at -1
        > a beat
        a at 4, to own orders:0,1,2
        = 4, 2 members, because member c (client c, /c) left: a +orders-2; b +orders-5; c -orders-2,orders-5
        > b beat
        b at 4, to own orders:3,4,5
        > describe
        Stable at 4, assigned for 4 by uniform
          a at 4 owns orders:0,1,2; to own orders:0,1,2
          b at 4 owns orders:3,4,5; to own orders:3,4,5
        """);

    [Fact]
    public void A_member_that_is_to_give_up_and_to_get_gives_up_first() => ConsumerTranscript.Check("""
        > topic orders 2
        > topic bills 2
        > a join orders
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1
        > b join bills
        b at 2, to own bills:0,1
        = 2, 2 members, because member b (client b, /b) joined: b +bills-0,bills-1
        > a ack
        a at 2
        > b ack
        b at 2
        > a full bills
        a at 2, to own nothing
        = 3, 2 members, because member a (client a, /a) changed its subscription: a +bills-1 -orders-0,orders-1; b -bills-1
        > b full orders
        b at 2, to own nothing
        = 4, 2 members, because member b (client b, /b) changed its subscription: a +bills-0; b +orders-0,orders-1 -bills-0
        > a beat
        a at 2
        > b beat
        b at 2
        > a ack
        a at 4
        > b ack
        b at 4, to own orders:0,1
        > a beat
        a at 4, to own bills:0,1
        > describe
        Stable at 4, assigned for 4 by uniform
          a at 4 owns bills:0,1; to own bills:0,1
          b at 4 owns orders:0,1; to own orders:0,1
        """);

    [Fact]
    public void A_target_that_moves_on_while_a_member_gives_up_is_reached_in_the_end() => ConsumerTranscript.Check("""
        > topic orders 6
        > a join orders
        a at 1, to own orders:0,1,2,3,4,5
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1,orders-2,orders-3,orders-4,orders-5
        > a ack
        a at 1
        > b join orders
        b at 2, to own nothing
        = 2, 2 members, because member b (client b, /b) joined: a -orders-3,orders-4,orders-5; b +orders-3,orders-4,orders-5
        > a beat
        a at 1, to own orders:0,1,2
        > c join orders
        c at 3, to own nothing
        = 3, 3 members, because member c (client c, /c) joined: a -orders-2; b -orders-5; c +orders-2,orders-5
        > a beat
        a at 1
        > a ack
        a at 2, to own orders:0,1
        > a ack
        a at 3
        > b beat
        b at 3, to own orders:3,4
        > c beat
        c at 3, to own orders:2,5
        > describe
        Stable at 3, assigned for 3 by uniform
          a at 3 owns orders:0,1; to own orders:0,1
          b at 3 owns orders:3,4; to own orders:3,4
          c at 3 owns orders:2,5; to own orders:2,5
        """);

    [Fact]
    public void A_member_that_does_not_give_up_in_its_rebalance_time_out_is_taken_out() => ConsumerTranscript.Check("""
        > topic orders 2
        > a join orders patience=30s
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1
        > a ack
        a at 1
        > b join orders
        b at 2, to own nothing
        = 2, 2 members, because member b (client b, /b) joined: a -orders-1; b +orders-1
        > a beat
        a at 1, to own orders:0
        > wait 20s
        > a beat
        a at 1
        > b beat
        b at 2
        > wait 11s
        > b beat
        b at 3, to own orders:0,1
        = 3, 1 members, because member a (client a, /a) did not give up its partitions in its rebalance time-out: b +orders-0; a -orders-0
        > a beat
        a: UnknownMemberId: Member a is not a member of group g.
        > a commit orders:0@7
        a commit: UnknownMemberId
        """);

    [Fact]
    public void The_interval_is_short_while_partitions_move_and_for_a_while_after() => ConsumerTranscript.Check("""
        > topic orders 4
        > a join orders paced
        a at 1, to own orders:0,1,2,3, next in 500 ms
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1,orders-2,orders-3
        > wait 9s
        > a beat paced
        a at 1, next in 500 ms
        > wait 2s
        > a beat paced
        a at 1, next in 5000 ms
        > b join orders paced
        b at 2, to own nothing, next in 500 ms
        = 2, 2 members, because member b (client b, /b) joined: a -orders-2,orders-3; b +orders-2,orders-3
        > wait 11s
        > b beat paced
        b at 2, next in 500 ms
        > a beat paced
        a at 1, to own orders:0,1, next in 500 ms
        > a ack paced
        a at 2, next in 500 ms
        > b beat paced
        b at 2, to own orders:2,3, next in 5000 ms
        """);

    [Fact]
    public void The_range_assignor_shares_topics_out_alike_when_the_members_ask_for_it() => ConsumerTranscript.Check("""
        > topic orders 3
        > topic bills 3
        > a join orders,bills assignor=range
        a at 1, to own bills:0,1,2 orders:0,1,2
        = 1, 1 members, because member a (client a, /a) joined: a +bills-0,bills-1,bills-2,orders-0,orders-1,orders-2
        > b join orders,bills assignor=range
        b at 2, to own nothing
        = 2, 2 members, because member b (client b, /b) joined: a -bills-2,orders-2; b +bills-2,orders-2
        > a beat
        a at 1, to own bills:0,1 orders:0,1
        > a ack
        a at 2
        > b beat
        b at 2, to own bills:2 orders:2
        > describe
        Stable at 2, assigned for 2 by range
          a at 2 owns bills:0,1 orders:0,1; to own bills:0,1 orders:0,1
          b at 2 owns bills:2 orders:2; to own bills:2 orders:2
        """);
}
