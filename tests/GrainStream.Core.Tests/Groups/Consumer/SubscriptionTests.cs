namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>What members subscribe to, by name and by pattern, and what happens when topics come, grow and go.</summary>
public sealed class SubscriptionTests
{
    [Fact]
    public void A_topic_that_is_created_later_is_assigned_when_it_is_there() => ConsumerTranscript.Check("""
        > a join orders
        a at 1, to own nothing
        = 1, 1 members, because member a (client a, /a) joined: nothing moved
        > describe
        Stable at 1, assigned for 1 by uniform
          a at 1 owns nothing; to own nothing
        > topic bills 3
        > describe
        Stable at 1, assigned for 1 by uniform
          a at 1 owns nothing; to own nothing
        > topic orders 2
        > describe
        Assigning at 2, assigned for 1 by uniform
          a at 1 owns nothing; to own nothing
        > a beat
        a at 2, to own orders:0,1
        = 2, 1 members, because topics changed: a +orders-0,orders-1
        > a ack
        a at 2
        """);

    [Fact]
    public void Partitions_added_are_assigned_and_move_none_that_were_there() => ConsumerTranscript.Check("""
        > topic orders 2
        > a join orders
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1
        > b join orders
        b at 2, to own nothing
        = 2, 2 members, because member b (client b, /b) joined: a -orders-1; b +orders-1
        > a beat
        a at 1, to own orders:0
        > a ack
        a at 2
        > b beat
        b at 2, to own orders:1
        > topic orders 4
        > a beat
        a at 3, to own orders:0,2
        = 3, 2 members, because topics changed: a +orders-2; b +orders-3
        > b beat
        b at 3, to own orders:1,3
        > describe
        Stable at 3, assigned for 3 by uniform
          a at 3 owns orders:0,2; to own orders:0,2
          b at 3 owns orders:1,3; to own orders:1,3
        """);

    [Fact]
    public void A_deleted_topic_is_given_up_and_one_created_under_its_name_is_another() => ConsumerTranscript.Check("""
        > topic orders 2
        > a join orders
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1
        > a ack
        a at 1
        > a commit orders:0@5
        a commit: None
        > drop orders
        > a beat
        a at 1, to own nothing
        = 2, 1 members, because topics changed: a -00000001-0000-0000-0000-000000000000-0,00000001-0000-0000-0000-000000000000-1
        > a ack
        a at 2
        > topic orders 1
        > a beat
        a at 3, to own orders:0
        = 3, 1 members, because topics changed: a +orders-0
        > a fetch orders:0
        a finds nothing
        """);

    [Fact]
    public void A_pattern_takes_in_the_topics_that_match_it_now_and_later() => ConsumerTranscript.Check("""
        > topic orders.eu 1
        > topic orders.us 1
        > topic bills 1
        > a join re=orders\..* to=
        a at 1, to own orders.eu:0 orders.us:0
        = 1, 1 members, because member a (client a, /a) joined: a +orders.eu-0,orders.us-0
        > a ack
        a at 1
        > topic orders.asia 1
        > a beat
        a at 2, to own orders.asia:0 orders.eu:0 orders.us:0
        = 2, 1 members, because topics changed: a +orders.asia-0
        > a ack
        a at 2
        > drop orders.us
        > a beat
        a at 2, to own orders.asia:0 orders.eu:0
        = 3, 1 members, because topics changed: a -00000002-0000-0000-0000-000000000000-0
        > topic my-orders.x 1
        > describe
        Reconciling at 3, assigned for 3 by uniform
          a at 2 owns orders.asia:0 orders.eu:0; to own orders.asia:0 orders.eu:0
        """);

    [Fact]
    public void Names_and_a_pattern_are_taken_together() => ConsumerTranscript.Check("""
        > topic orders.eu 1
        > topic bills 1
        > topic else 1
        > a join bills re=(?i)ORDERS\.[[:alpha:]]+
        a at 1, to own bills:0 orders.eu:0
        = 1, 1 members, because member a (client a, /a) joined: a +bills-0,orders.eu-0
        """);

    [Fact]
    public void A_subscription_that_changes_moves_the_topics() => ConsumerTranscript.Check("""
        > topic orders 2
        > topic bills 2
        > a join orders
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1
        > a ack
        a at 1
        > a full bills
        a at 1, to own nothing
        = 2, 1 members, because member a (client a, /a) changed its subscription: a +bills-0,bills-1 -orders-0,orders-1
        > a ack
        a at 2, to own bills:0,1
        > a beat
        a at 2
        > describe
        Stable at 2, assigned for 2 by uniform
          a at 2 owns bills:0,1; to own bills:0,1
        """);

    [Fact]
    public void A_member_may_subscribe_to_nothing() => ConsumerTranscript.Check("""
        > topic orders 2
        > a join to=
        a at 1, to own nothing
        = 1, 1 members, because member a (client a, /a) joined: nothing moved
        > b join orders
        b at 2, to own orders:0,1
        = 2, 2 members, because member b (client b, /b) joined: b +orders-0,orders-1
        > a beat
        a at 2
        > describe
        Stable at 2, assigned for 2 by uniform
          a at 2 owns nothing; to own nothing
          b at 2 owns orders:0,1; to own orders:0,1
        """);

    [Fact]
    public void Members_with_different_topics_share_each_topic_among_those_who_want_it() => ConsumerTranscript.Check("""
        > topic orders 4
        > topic bills 2
        > a join orders
        a at 1, to own orders:0,1,2,3
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1,orders-2,orders-3
        > b join orders,bills
        b at 2, to own bills:0,1
        = 2, 2 members, because member b (client b, /b) joined: a -orders-3; b +bills-0,bills-1,orders-3
        > a beat
        a at 1, to own orders:0,1,2
        > a ack
        a at 2
        > b beat
        b at 2, to own bills:0,1 orders:3
        > describe
        Stable at 2, assigned for 2 by uniform
          a at 2 owns orders:0,1,2; to own orders:0,1,2
          b at 2 owns bills:0,1 orders:3; to own bills:0,1 orders:3
        """);
}
