using GrainStream.Core.Groups;

namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>Groups that change their protocol, member by member (KIP-848, group.consumer.migration.policy).</summary>
public sealed class MigrationTests
{
    [Fact]
    public void An_application_is_updated_member_by_member_and_back() => ConsumerTranscript.Check("""
        > topic orders 4
        > k cjoin orders v=5
        k join: MemberIdRequired as k-01
        > k cjoin
        k in generation 1 as k-01, range, leads
        > k csync k=orders:0,1,2,3
        k works on orders:0,1,2,3
        = 1, 1 members, because member k-01 (client k, /k) joined: k-01 +orders-0,orders-1,orders-2,orders-3
        > k commit orders:0@5
        k commit: None
        > describe
        classic group, Stable, generation 1, 1 members
        > a join orders
        a at 2, to own nothing
        = 2, 2 members, because the group is a consumer group from here on; member a (client a, /a) joined: a +orders-2,orders-3; k-01 -orders-2,orders-3
        > describe
        Reconciling at 2, assigned for 2 by uniform
          a at 2 owns nothing; to own orders:2,3
          k-01 (classic) at 1 owns orders:0,1,2,3; to own orders:0,1
        > k cbeat
        k heartbeat: RebalanceInProgress
        > k commit orders:0@6
        k commit: None
        > k cjoin owns=orders:0,1,2,3
        k in generation 1 as k-01, range
        > k csync
        k works on orders:0,1
        > k cbeat
        k heartbeat: RebalanceInProgress
        > k cjoin owns=orders:0,1
        k in generation 2 as k-01, range
        > k csync
        k works on orders:0,1
        > a beat
        a at 2, to own orders:2,3
        > describe
        Stable at 2, assigned for 2 by uniform
          a at 2 owns orders:2,3; to own orders:2,3
          k-01 (classic) at 2 owns orders:0,1; to own orders:0,1
        > k commit orders:0@7
        k commit: None
        > k cbeat
        k heartbeat: None
        > a leave
        a at -1
        > describe
        classic group, PreparingRebalance, generation 2, 1 members
        > k cbeat
        k heartbeat: RebalanceInProgress
        > k cjoin owns=orders:0,1
        k in generation 3 as k-01, range, leads
        > k csync k=orders:0,1,2,3
        k works on orders:0,1,2,3
        = 3, 1 members, because member a (client a, /a) left; the group is classic again: k-01 +orders-2,orders-3
        > describe
        classic group, Stable, generation 3, 1 members
        > k fetch orders:0
        k finds 7
        """);

    [Fact]
    public void The_last_classic_member_goes_and_the_group_is_all_consumer_protocol() => ConsumerTranscript.Check("""
        > topic orders 2
        > k cjoin orders v=3
        k in generation 1 as k-01, range, leads
        > k csync k=orders:0,1
        k works on orders:0,1
        = 1, 1 members, because member k-01 (client k, /k) joined: k-01 +orders-0,orders-1
        > a join orders
        a at 2, to own nothing
        = 2, 2 members, because the group is a consumer group from here on; member a (client a, /a) joined: a +orders-1; k-01 -orders-1
        > k cleave
        k left: None
        > a beat
        a at 3, to own orders:0,1
        = 3, 1 members, because member k-01 (client k, /k, classic protocol) left: a +orders-0; k-01 -orders-0
        > describe
        Stable at 3, assigned for 3 by uniform
          a at 3 owns orders:0,1; to own orders:0,1
        """);

    [Fact]
    public void Classic_members_may_join_a_consumer_group_and_are_given_their_part() => ConsumerTranscript.Check("""
        > topic orders 4
        > a join orders
        a at 1, to own orders:0,1,2,3
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1,orders-2,orders-3
        > a ack
        a at 1
        > k cjoin orders v=5
        k join: MemberIdRequired as k-01
        > k cjoin
        k in generation 2 as k-01, range
        = 2, 2 members, because member k-01 (client k, /k, classic protocol) joined: a -orders-2,orders-3; k-01 +orders-2,orders-3
        > k csync
        k works on nothing
        > a beat
        a at 1, to own orders:0,1
        > a ack
        a at 2
        > k cbeat
        k heartbeat: RebalanceInProgress
        > k cjoin
        k in generation 2 as k-01, range
        > k csync
        k works on orders:2,3
        > k cbeat
        k heartbeat: None
        > describe
        Stable at 2, assigned for 2 by uniform
          a at 2 owns orders:0,1; to own orders:0,1
          k-01 (classic) at 2 owns orders:2,3; to own orders:2,3
        """);

    [Fact]
    public void A_classic_member_that_does_not_join_again_in_time_is_taken_out() => ConsumerTranscript.Check("""
        > topic orders 2
        > k cjoin orders v=3 session=30s patience=20s
        k in generation 1 as k-01, range, leads
        > k csync k=orders:0,1
        k works on orders:0,1
        = 1, 1 members, because member k-01 (client k, /k) joined: k-01 +orders-0,orders-1
        > a join orders
        a at 2, to own nothing
        = 2, 2 members, because the group is a consumer group from here on; member a (client a, /a) joined: a +orders-1; k-01 -orders-1
        > k cbeat
        k heartbeat: RebalanceInProgress
        > wait 15s
        > k cbeat
        k heartbeat: RebalanceInProgress
        > a beat
        a at 2
        > wait 6s
        > k cbeat
        k heartbeat: UnknownMemberId
        > a beat
        a at 3, to own orders:0,1
        = 3, 1 members, because member k-01 (client k, /k, classic protocol) did not join again in its rebalance time-out: a +orders-0; k-01 -orders-0
        """);

    [Fact]
    public void A_classic_member_that_is_silent_for_its_own_session_is_taken_out() => ConsumerTranscript.Check("""
        > topic orders 2
        > a join orders
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0,orders-1
        > k cjoin orders v=3 session=10s
        k in generation 2 as k-01, range
        = 2, 2 members, because member k-01 (client k, /k, classic protocol) joined: a -orders-1; k-01 +orders-1
        > k csync
        k works on nothing
        > wait 11s
        > k cbeat
        k heartbeat: UnknownMemberId
        > describe
        Assigning at 3, assigned for 2 by uniform
          a at 1 owns orders:0,1; to own orders:0
        """);

    [Fact]
    public void A_rebalance_under_way_is_broken_off_by_the_change() => ConsumerTranscript.Check("""
        > topic orders 2
        > k cjoin orders v=3
        k in generation 1 as k-01, range, leads
        > k csync k=orders:0,1
        k works on orders:0,1
        = 1, 1 members, because member k-01 (client k, /k) joined: k-01 +orders-0,orders-1
        > l cjoin orders v=5
        l join: MemberIdRequired as l-02
        > l cjoin
        > a join orders
        l join: RebalanceInProgress as l-02
        a at 2, to own nothing
        = 2, 3 members, because the group is a consumer group from here on; member a (client a, /a) joined: a +orders-1; k-01 -orders-1
        > describe
        Reconciling at 2, assigned for 2 by uniform
          a at 2 owns nothing; to own orders:1
          k-01 (classic) at 1 owns orders:0,1; to own orders:0
          l-02 (classic) at 1 owns nothing; to own nothing
        > l cjoin
        l in generation 2 as l-02, range
        > l csync
        l works on nothing
        """);

    [Fact]
    public void A_static_member_is_updated_in_place() => ConsumerTranscript.Check("""
        > topic orders 2
        > k cjoin orders v=5 as=shelf-1
        k in generation 1 as shelf-1-01, range, leads
        > k csync k=orders:0,1
        k works on orders:0,1
        = 1, 1 members, because member shelf-1-01 (static shelf-1, client k, /k) joined: shelf-1-01 +orders-0,orders-1
        > a join orders as=shelf-1
        a at 1, to own orders:0,1
        > describe
        Stable at 1, assigned for 1 by uniform
          a (shelf-1) at 1 owns orders:0,1; to own orders:0,1
        > k cbeat
        k heartbeat: FencedInstanceId
        """);

    [Fact]
    public void A_static_member_that_goes_back_to_the_classic_protocol_takes_the_group_with_it() => ConsumerTranscript.Check("""
        > topic orders 2
        > a join orders as=shelf-1
        a at 1, to own orders:0,1
        = 1, 1 members, because member a (static shelf-1, client a, /a) joined: a +orders-0,orders-1
        > a ack
        a at 1
        > k cjoin orders v=5 as=shelf-1
        k in generation 1 as shelf-1-01, range
        > describe
        classic group, PreparingRebalance, generation 1, 1 members
        > k csync
        k sync: RebalanceInProgress
        > k cjoin
        k in generation 2 as shelf-1-01, range, leads
        > k csync k=orders:0,1
        k works on orders:0,1
        = 2, 1 members, because member shelf-1-01 (static shelf-1, client k, /k, classic protocol) came back with the classic protocol; the group is classic again: nothing moved
        """);

    [Fact]
    public void A_group_without_members_takes_the_protocol_of_who_comes_whatever_the_policy() => ConsumerTranscript.Check(
        """
        > topic orders 1
        > k cjoin orders v=3
        k in generation 1 as k-01, range, leads
        > k csync k=orders:0
        k works on orders:0
        = 1, 1 members, because member k-01 (client k, /k) joined: k-01 +orders-0
        > k commit orders:0@4
        k commit: None
        > k cleave
        k left: None
        = 2, 0 members, because member k-01 (client k, /k) left: k-01 -orders-0
        > a join orders
        a at 3, to own orders:0
        = 3, 1 members, because member a (client a, /a) joined: a +orders-0
        > a fetch orders:0
        a finds 4
        > a leave
        a at -1
        = 4, 0 members, because member a (client a, /a) left: a -orders-0
        > describe
        Empty at 4, assigned for 3 by uniform
        > k cjoin id= v=3
        k in generation 5 as k-02, range, leads
        > describe
        classic group, CompletingRebalance, generation 5, 1 members
        > k csync k=orders:0
        k works on orders:0
        = 5, 1 members, because member k-02 (client k, /k) joined: k-02 +orders-0
        > k fetch orders:0 epoch=-1
        k finds 4
        """,
        Policy(GroupMigrationPolicy.Disabled));

    [Theory]
    [InlineData(GroupMigrationPolicy.Disabled)]
    [InlineData(GroupMigrationPolicy.Downgrade)]
    public void A_policy_without_upgrade_keeps_a_classic_group_classic(GroupMigrationPolicy policy) => ConsumerTranscript.Check(
        """
        > topic orders 1
        > k cjoin orders v=3
        k in generation 1 as k-01, range, leads
        > k csync k=orders:0
        k works on orders:0
        = 1, 1 members, because member k-01 (client k, /k) joined: k-01 +orders-0
        > a join orders
        a: GroupIdNotFound: Group g is not a consumer group, and group.consumer.migration.policy does not allow to make it one while it has members.
        > k cbeat
        k heartbeat: None
        """,
        Policy(policy));

    [Theory]
    [InlineData(GroupMigrationPolicy.Disabled)]
    [InlineData(GroupMigrationPolicy.Upgrade)]
    public void A_policy_without_downgrade_keeps_a_consumer_group_what_it_is(GroupMigrationPolicy policy) => ConsumerTranscript.Check(
        """
        > topic orders 1
        > a join orders
        a at 1, to own orders:0
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0
        > k cjoin orders v=3
        k in generation 2 as k-01, range
        = 2, 2 members, because member k-01 (client k, /k, classic protocol) joined: nothing moved
        > a leave
        a at -1
        > k cbeat
        k heartbeat: RebalanceInProgress
        > describe
        Assigning at 3, assigned for 2 by uniform
          k-01 (classic) at 2 owns nothing; to own nothing
        """,
        Policy(policy));

    [Fact]
    public void Members_of_another_kind_and_strangers_are_refused() => ConsumerTranscript.Check("""
        > topic orders 1
        > a join orders
        a at 1, to own orders:0
        = 1, 1 members, because member a (client a, /a) joined: a +orders-0
        > k cjoin orders v=3 protocols=range
        k in generation 2 as k-01, range
        = 2, 2 members, because member k-01 (client k, /k, classic protocol) joined: nothing moved
        > l cjoin orders v=3 protocols=roundrobin
        l join: InconsistentGroupProtocol
        > m cbeat
        m heartbeat: UnknownMemberId
        > a cbeat
        a heartbeat: UnknownMemberId
        > a cleave
        a left: UnknownMemberId
        > k csync epoch=1
        k sync: IllegalGeneration
        > k cbeat epoch=7
        k heartbeat: IllegalGeneration
        """);

    [Fact]
    public void A_converted_group_survives_a_restart() => ConsumerTranscript.Check("""
        > topic orders 2
        > k cjoin orders v=3
        k in generation 1 as k-01, range, leads
        > k csync k=orders:0,1
        k works on orders:0,1
        = 1, 1 members, because member k-01 (client k, /k) joined: k-01 +orders-0,orders-1
        > a join orders
        a at 2, to own nothing
        = 2, 2 members, because the group is a consumer group from here on; member a (client a, /a) joined: a +orders-1; k-01 -orders-1
        > k cbeat
        k heartbeat: RebalanceInProgress
        > cut and restart
        > k cjoin owns=orders:0,1
        k in generation 1 as k-01, range
        > k cjoin owns=orders:0
        k in generation 2 as k-01, range
        > k csync
        k works on orders:0
        > a beat
        a at 2, to own orders:1
        > describe
        Stable at 2, assigned for 2 by uniform
          a at 2 owns orders:1; to own orders:1
          k-01 (classic) at 2 owns orders:0; to own orders:0
        """);

    private static GroupConfig Policy(GroupMigrationPolicy policy) => GroupConfig.Default with { ConsumerMigrationPolicy = policy, InitialRebalanceDelay = TimeSpan.Zero };
}
