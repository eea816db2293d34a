using GrainStream.Core.Groups;

namespace GrainStream.Core.Tests.Groups;

/// <summary>Who may be a member of a classic group.</summary>
public sealed class ClassicMembershipTests
{
    [Fact]
    public void A_new_member_is_first_given_an_id_to_come_back_with() => GroupTranscript.Check(
        """
        > a join v=4
        a join: MemberIdRequired as a-1
        > describe
        Empty
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        """);

    [Fact]
    public void An_id_that_nobody_comes_back_with_is_forgotten() => GroupTranscript.Check(
        """
        > a join v=4 session=10s
        a join: MemberIdRequired as a-1
        > wait 10s
        > a join
        a join: UnknownMemberId as a-1
        > a join id=
        a join: MemberIdRequired as a-2
        > a join
        a in generation 1 as a-2, range, leads a-2
        """);

    [Fact]
    public void A_rebalance_waits_for_who_was_given_an_id_until_it_comes_or_its_time_is_up() => GroupTranscript.Check(
        """
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > b join
        > c join v=4 session=6s
        c join: MemberIdRequired as c-3
        > a join
        > wait 6s
        a in generation 2 as a-1, range, leads a-1 b-2
        b in generation 2 as b-2, range, follows
        """);

    [Fact]
    public void Unknown_members_are_refused() => GroupTranscript.Check(
        """
        > topic orders 1
        > a join id=stranger
        a join: UnknownMemberId as stranger
        > a join id=
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > b heartbeat id=stranger gen=1
        b heartbeat: UnknownMemberId
        > b sync
        b sync: UnknownMemberId
        > b leave
        b left: UnknownMemberId
        > b commit orders:0@1
        b commit: UnknownMemberId
        """);

    [Fact]
    public void Session_timeouts_must_be_within_the_bounds() => GroupTranscript.Check(
        """
        > a join session=5s
        a join: InvalidSessionTimeout
        > a join session=1801s
        a join: InvalidSessionTimeout
        > a join session=6s
        a in generation 1 as a-1, range, leads a-1
        """);

    [Fact]
    public void Members_must_share_a_protocol_and_be_of_one_type() => GroupTranscript.Check(
        """
        > a join protocols=range,sticky
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > b join protocols=roundrobin
        b join: InconsistentGroupProtocol
        > c join type=connect protocols=range
        c join: InconsistentGroupProtocol
        > d join protocols=
        d join: InconsistentGroupProtocol
        > e join protocols=sticky
        > a join
        a in generation 2 as a-1, sticky, leads a-1 e-2
        e in generation 2 as e-2, sticky, follows
        """);

    [Fact]
    public void The_protocol_that_most_members_like_best_is_chosen() => GroupTranscript.Check(
        """
        > a join protocols=range,sticky
        a in generation 1 as a-1, range, leads a-1
        > b join protocols=sticky,range
        > c join protocols=sticky,range
        > a join
        a in generation 2 as a-1, sticky, leads a-1 b-2 c-3
        b in generation 2 as b-2, sticky, follows
        c in generation 2 as c-3, sticky, follows
        > b join
        b in generation 2 as b-2, sticky, follows
        """);

    [Fact]
    public void A_sync_that_names_another_type_is_refused() => GroupTranscript.Check(
        """
        > a join v=5 as=one
        a in generation 1 as one-1, range, leads one-1
        > a sync type=connect a=orders:0
        a sync: InconsistentGroupProtocol
        > a sync type=consumer a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member one-1 (static one, client a, /a) joined: one-1 +orders-0
        """);

    [Fact]
    public void A_full_group_takes_no_more_members() => GroupTranscript.Check(
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
        > c join
        c join: GroupMaxSizeReached
        > a sync a=orders:0 b=orders:1
        a works on orders:0
        = generation 2, 2 members, because member b-2 (client b, /b) joined: b-2 +orders-1
        > c join
        c join: GroupMaxSizeReached
        > b leave
        b left: None
        > a join
        a in generation 3 as a-1, range, leads a-1
        > c join
        > a join
        a in generation 4 as a-1, range, leads a-1 c-3
        c in generation 4 as c-3, range, follows
        """,
        GroupConfig.Default with { InitialRebalanceDelay = TimeSpan.Zero, MaxSize = 2 });

    [Fact]
    public void A_member_may_leave_before_it_has_joined() => GroupTranscript.Check(
        """
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > b join v=4
        b join: MemberIdRequired as b-2
        > b leave
        b left: None
        > a heartbeat
        a heartbeat: None
        > b join
        b join: UnknownMemberId as b-2
        """);

    [Fact]
    public void Leaving_twice_is_told_apart_from_leaving() => GroupTranscript.Check(
        """
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a leave
        a left: None
        = generation 2, 0 members, because member a-1 (client a, /a) joined; member a-1 (client a, /a) left: nothing moved
        > a leave
        a left: UnknownMemberId
        """);

    [Fact]
    public void A_deleted_group_answers_nobody_and_one_with_members_is_not_deleted() => GroupTranscript.Check(
        """
        > a join
        a in generation 1 as a-1, range, leads a-1
        > delete
        deleted: NonEmptyGroup
        > a leave
        a left: None
        = generation 2, 0 members, because member a-1 (client a, /a) joined; member a-1 (client a, /a) left: nothing moved
        > delete
        deleted: None
        > describe
        Dead
        > a join id=
        a join: CoordinatorNotAvailable
        """);
}
