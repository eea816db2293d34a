namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>Static members (KIP-345) keep their partitions over a restart of their client.</summary>
public sealed class StaticConsumerTests
{
    [Fact]
    public void One_that_pauses_comes_back_under_another_id_to_what_it_had() => ConsumerTranscript.Check("""
        > topic orders 4
        > a join orders as=shelf-1
        a at 1, to own orders:0,1,2,3
        = 1, 1 members, because member a (static shelf-1, client a, /a) joined: a +orders-0,orders-1,orders-2,orders-3
        > b join orders as=shelf-2
        b at 2, to own nothing
        = 2, 2 members, because member b (static shelf-2, client b, /b) joined: a -orders-2,orders-3; b +orders-2,orders-3
        > a beat
        a at 1, to own orders:0,1
        > a ack
        a at 2
        > b beat
        b at 2, to own orders:2,3
        > a pause
        a at -2
        > describe
        Reconciling at 2, assigned for 2 by uniform
          a (shelf-1) at -2 owns orders:0,1; to own orders:0,1
          b (shelf-2) at 2 owns orders:2,3; to own orders:2,3
        > b beat
        b at 2
        > c join orders as=shelf-1
        c at 2, to own orders:0,1
        > a beat
        a: FencedInstanceId: Instance shelf-1 is member c, not a. Two consumers must not have the same group.instance.id.
        > describe
        Stable at 2, assigned for 2 by uniform
          b (shelf-2) at 2 owns orders:2,3; to own orders:2,3
          c (shelf-1) at 2 owns orders:0,1; to own orders:0,1
        """);

    [Fact]
    public void One_that_does_not_come_back_in_its_session_loses_its_partitions() => ConsumerTranscript.Check("""
        > topic orders 4
        > a join orders as=shelf-1
        a at 1, to own orders:0,1,2,3
        = 1, 1 members, because member a (static shelf-1, client a, /a) joined: a +orders-0,orders-1,orders-2,orders-3
        > b join orders as=shelf-2
        b at 2, to own nothing
        = 2, 2 members, because member b (static shelf-2, client b, /b) joined: a -orders-2,orders-3; b +orders-2,orders-3
        > a beat
        a at 1, to own orders:0,1
        > a ack
        a at 2
        > b beat
        b at 2, to own orders:2,3
        > a pause
        a at -2
        > wait 30s
        > b beat paced
        b at 2, next in 5000 ms
        > wait 16s
        > b beat
        b at 3, to own orders:0,1,2,3
        = 3, 1 members, because member a (static shelf-1, client a, /a) did not come back in its session time-out: b +orders-0,orders-1; a -orders-0,orders-1
        > describe
        Stable at 3, assigned for 3 by uniform
          b (shelf-2) at 3 owns orders:0,1,2,3; to own orders:0,1,2,3
        """);

    [Fact]
    public void An_instance_that_is_in_use_cannot_be_taken() => ConsumerTranscript.Check("""
        > topic orders 1
        > a join orders as=shelf-1
        a at 1, to own orders:0
        = 1, 1 members, because member a (static shelf-1, client a, /a) joined: a +orders-0
        > b join orders as=shelf-1
        b: UnreleasedInstanceId: Instance shelf-1 is member a, which has not left. Wait until it has, or its session times out; or give this consumer another group.instance.id.
        > b beat epoch=1
        b: FencedInstanceId: Instance shelf-1 is member a, not b. Two consumers must not have the same group.instance.id.
        > a leave
        a at -1
        = 2, 0 members, because member a (static shelf-1, client a, /a) left: a -orders-0
        > b join orders as=shelf-1
        b at 3, to own orders:0
        = 3, 1 members, because member b (static shelf-1, client b, /b) joined: b +orders-0
        > x leave as=shelf-9
        x: UnknownMemberId: Instance shelf-9 is not a member of group g.
        """);

    [Fact]
    public void One_that_leaves_for_good_frees_its_partitions_at_once() => ConsumerTranscript.Check("""
        > topic orders 2
        > a join orders as=shelf-1
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (static shelf-1, client a, /a) joined: a +orders-0,orders-1
        > b join orders as=shelf-2
        b at 2, to own nothing
        = 2, 2 members, because member b (static shelf-2, client b, /b) joined: a -orders-1; b +orders-1
        > a beat
        a at 1, to own orders:0
        > a ack
        a at 2
        > b beat
        b at 2, to own orders:1
        > a leave
        a at -1
        > b beat
        b at 3, to own orders:0,1
        = 3, 1 members, because member a (static shelf-1, client a, /a) left: b +orders-0; a -orders-0
        """);

    [Fact]
    public void One_that_comes_back_with_other_topics_brings_a_new_assignment() => ConsumerTranscript.Check("""
        > topic orders 2
        > topic bills 2
        > a join orders as=shelf-1
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (static shelf-1, client a, /a) joined: a +orders-0,orders-1
        > a ack
        a at 1
        > a pause
        a at -2
        > c join bills as=shelf-1
        c at 2, to own bills:0,1
        = 2, 1 members, because member c (static shelf-1, client c, /c) came back with another subscription: c +bills-0,bills-1 -orders-0,orders-1
        > describe
        Stable at 2, assigned for 2 by uniform
          c (shelf-1) at 2 owns bills:0,1; to own bills:0,1
        """);

    [Fact]
    public void One_that_comes_back_after_a_restart_of_the_broker_too_finds_what_it_had() => ConsumerTranscript.Check("""
        > topic orders 2
        > a join orders as=shelf-1
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (static shelf-1, client a, /a) joined: a +orders-0,orders-1
        > a pause
        a at -2
        > cut and restart
        > c join orders as=shelf-1
        c at 1, to own orders:0,1
        """);
}
