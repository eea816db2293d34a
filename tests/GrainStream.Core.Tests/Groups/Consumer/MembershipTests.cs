namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>Who is a member, at which epoch, and until when.</summary>
public sealed class MembershipTests
{
    [Fact]
    public void In_version_0_the_broker_makes_the_member_id() => ConsumerTranscript.Check("""
        > topic orders 1
        > a join orders v=0
        a at 1, to own orders:0
        = 1, 1 members, because member 01 (client a, /a) joined: 01 +orders-0
        > a beat
        a at 1
        > describe
        Stable at 1, assigned for 1 by uniform
          01 at 1 owns orders:0; to own orders:0
        """);

    [Fact]
    public void A_silent_member_is_taken_out_after_its_session_and_can_neither_beat_nor_commit() => ConsumerTranscript.Check("""
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
        > wait 30s
        > b beat
        b at 2
        > wait 16s
        > b beat
        b at 3, to own orders:0,1
        = 3, 1 members, because member a (client a, /a) sent no heartbeat in its session time-out: b +orders-0; a -orders-0
        > a beat
        a: UnknownMemberId: Member a is not a member of group g.
        > a commit orders:0@9
        a commit: UnknownMemberId
        > a fetch orders:0
        a finds UnknownMemberId
        > a join orders
        a at 4, to own nothing
        = 4, 2 members, because member a (client a, /a) joined: a +orders-1; b -orders-1
        """);

    [Fact]
    public void Commits_and_reads_of_offsets_are_taken_at_the_present_epoch_only() => ConsumerTranscript.Check("""
        > topic orders 2
        > a join orders
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1
        > a commit orders:0@5
        a commit: None
        > b join orders
        b at 2, to own nothing
        = 2, 2 members, because member b (client b, /b) joined: a -orders-1; b +orders-1
        > a beat
        a at 1, to own orders:0
        > a ack
        a at 2
        > a commit orders:0@6
        a commit: None
        > a commit orders:0@7 epoch=1
        a commit: StaleMemberEpoch
        > a fetch orders:0
        a finds 6
        > a fetch orders:0 epoch=1
        a finds StaleMemberEpoch
        > a commit orders:0@8 cv=8
        a commit: UnsupportedVersion
        > tool commit orders:0@9 id= epoch=-1
        tool commit: UnknownMemberId
        > tool fetch orders:0 id= epoch=-1
        tool finds 6
        """);

    [Fact]
    public void The_epoch_before_is_good_if_the_member_owns_no_more_than_it_should() => ConsumerTranscript.Check("""
        > topic orders 4
        > a join orders
        a at 1, to own orders:0,1,2,3
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1,orders-2,orders-3
        > a ack
        a at 1
        > b join orders
        b at 2, to own nothing
        = 2, 2 members, because member b (client b, /b) joined: a -orders-2,orders-3; b +orders-2,orders-3
        > a beat
        a at 1, to own orders:0,1
        > a ack
        a at 2
        > a beat epoch=1 owns=orders:0,1
        a at 2
        > a beat epoch=1 owns=orders:0,3
        a: FencedMemberEpoch: Member a says it is at epoch 1, but it is at 2. It must give up all partitions and join again.
        > a beat epoch=1
        a: FencedMemberEpoch: Member a says it is at epoch 1, but it is at 2. It must give up all partitions and join again.
        > a beat epoch=7
        a: FencedMemberEpoch: Member a says it is at epoch 7, but it is at 2. It must give up all partitions and join again.
        > a full
        a at 2, to own orders:0,1
        """);

    [Fact]
    public void A_member_that_was_fenced_joins_again_under_its_id_and_moves_nothing() => ConsumerTranscript.Check("""
        > topic orders 4
        > a join orders
        a at 1, to own orders:0,1,2,3
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1,orders-2,orders-3
        > b join orders
        b at 2, to own nothing
        = 2, 2 members, because member b (client b, /b) joined: a -orders-2,orders-3; b +orders-2,orders-3
        > a beat
        a at 1, to own orders:0,1
        > a ack
        a at 2
        > b beat
        b at 2, to own orders:2,3
        > a beat epoch=9
        a: FencedMemberEpoch: Member a says it is at epoch 9, but it is at 2. It must give up all partitions and join again.
        > a join orders
        a at 2, to own orders:0,1
        > describe
        Stable at 2, assigned for 2 by uniform
          a at 2 owns orders:0,1; to own orders:0,1
          b at 2 owns orders:2,3; to own orders:2,3
        """);

    [Fact]
    public void A_join_whose_answer_was_lost_is_answered_again() => ConsumerTranscript.Check("""
        > topic orders 2
        > a join orders
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1
        > events
        events: ConsumerMemberChanged, ConsumerGroupEpochBumped, ConsumerTargetAssigned, ConsumerMemberReconciled
        > a join orders
        a at 1, to own orders:0,1
        > events
        events: none
        """);

    [Fact]
    public void After_a_restart_members_go_on_at_their_epochs_without_a_rebalance() => ConsumerTranscript.Check("""
        > topic orders 4
        > a join orders
        a at 1, to own orders:0,1,2,3
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1,orders-2,orders-3
        > b join orders
        b at 2, to own nothing
        = 2, 2 members, because member b (client b, /b) joined: a -orders-2,orders-3; b +orders-2,orders-3
        > a beat
        a at 1, to own orders:0,1
        > restart
        > a ack
        a at 2
        > b beat
        b at 2, to own orders:2,3
        > describe
        Stable at 2, assigned for 2 by uniform
          a at 2 owns orders:0,1; to own orders:0,1
          b at 2 owns orders:2,3; to own orders:2,3
        > cut and restart
        > a beat
        a at 2
        > b full
        b at 2, to own orders:2,3
        > events
        events: ConsumerMemberChanged, ConsumerGroupEpochBumped, ConsumerTargetAssigned, ConsumerMemberReconciled, ConsumerMemberChanged, ConsumerGroupEpochBumped, ConsumerTargetAssigned, ConsumerMemberReconciled, ConsumerMemberReconciled, ConsumerMemberReconciled, ConsumerMemberReconciled
        > wait 40s
        > a beat
        a at 2
        > wait 10s
        """);

    [Fact]
    public void A_topic_that_changed_while_the_group_was_not_looking_is_seen_after_a_restart() => ConsumerTranscript.Check("""
        > topic orders 1
        > a join orders
        a at 1, to own orders:0
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0
        > quietly topic orders 3
        > restart
        > a beat
        a at 2, to own orders:0,1,2
        = 2, 1 members, because topics changed: a +orders-1,orders-2
        > a ack
        a at 2
        > a beat
        a at 2
        """);

    [Fact]
    public void The_group_takes_no_more_members_than_it_may() => ConsumerTranscript.Check(
        """
        > topic orders 2
        > a join orders as=shelf
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (static shelf, client a, /a) joined: a +orders-0,orders-1
        > b join orders
        b at 2, to own nothing
        = 2, 2 members, because member b (client b, /b) joined: a -orders-1; b +orders-1
        > c join orders
        c: GroupMaxSizeReached: Group g has 2 members, and group.consumer.max.size allows no more.
        > b join orders
        b at 2, to own nothing
        > a pause
        a at -2
        > d join orders as=shelf
        d at 2, to own orders:0
        """,
        Core.Groups.GroupConfig.Default with { ConsumerMaxSize = 2 });

    [Fact]
    public void An_empty_group_is_empty_and_keeps_its_offsets_and_its_epoch() => ConsumerTranscript.Check("""
        > topic orders 2
        > a join orders
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1
        > a commit orders:1@3
        a commit: None
        > a leave
        a at -1
        = 2, 0 members, because member a (client a, /a) left: a -orders-0,orders-1
        > describe
        Empty at 2, assigned for 1 by uniform
        > tool fetch orders:1 id= epoch=-1
        tool finds 3
        > tool commit orders:1@4 id= epoch=-1
        tool commit: None
        > a join orders
        a at 3, to own orders:0,1
        = 3, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1
        > a fetch orders:1
        a finds 4
        """);
}
