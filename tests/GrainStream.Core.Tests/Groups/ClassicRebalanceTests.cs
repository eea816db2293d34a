namespace GrainStream.Core.Tests.Groups;

/// <summary>How a classic group comes to an assignment, and what makes it begin again.</summary>
public sealed class ClassicRebalanceTests
{
    [Fact]
    public void The_first_member_leads_and_works_on_everything() => GroupTranscript.Check(
        """
        > topic orders 3
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0,1,2
        a works on orders:0,1,2
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0,orders-1,orders-2
        > a heartbeat
        a heartbeat: None
        > describe
        Stable consumer range
         a-1 a /a orders:0,1,2
        > log
        log: ClassicGenerationStarted, ClassicGenerationFormed
        """);

    [Fact]
    public void A_second_member_makes_the_first_join_again_and_they_share() => GroupTranscript.Check(
        """
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0,1
        a works on orders:0,1
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0,orders-1
        > b join
        > a heartbeat
        a heartbeat: RebalanceInProgress
        > a join
        a in generation 2 as a-1, range, leads a-1 b-2
        b in generation 2 as b-2, range, follows
        > b sync
        > a sync a=orders:0 b=orders:1
        a works on orders:0
        b works on orders:1
        = generation 2, 2 members, because member b-2 (client b, /b) joined: a-1 -orders-1; b-2 +orders-1
        > a heartbeat
        a heartbeat: None
        > b heartbeat
        b heartbeat: None
        > describe
        Stable consumer range
         a-1 a /a orders:0
         b-2 b /b orders:1
        """);

    [Fact]
    public void An_extra_member_works_on_nothing_until_another_leaves() => GroupTranscript.Check(
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
        > a sync a=orders:0
        a works on orders:0
        = generation 2, 2 members, because member b-2 (client b, /b) joined: nothing moved
        > b sync
        b works on nothing
        > b heartbeat
        b heartbeat: None
        > a leave
        a left: None
        > b heartbeat
        b heartbeat: RebalanceInProgress
        > b join
        b in generation 3 as b-2, range, leads b-2
        > b sync b=orders:0
        b works on orders:0
        = generation 3, 1 members, because member a-1 (client a, /a) left: a-1 -orders-0; b-2 +orders-0
        """);

    [Fact]
    public void A_member_of_an_older_generation_cannot_commit() => GroupTranscript.Check(
        """
        > topic orders 1
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > b join
        > a commit orders:0@1
        a commit: None
        > a join
        a in generation 2 as a-1, range, leads a-1 b-2
        b in generation 2 as b-2, range, follows
        > a commit orders:0@2
        a commit: RebalanceInProgress
        > a commit orders:0@3 gen=1
        a commit: IllegalGeneration
        > a sync gen=2 a=orders:0
        a works on orders:0
        = generation 2, 2 members, because member b-2 (client b, /b) joined: nothing moved
        > a commit orders:0@4
        a commit: None
        > a commit orders:0@5 gen=1
        a commit: IllegalGeneration
        """);

    [Fact]
    public void The_leader_may_ask_for_a_rebalance_by_joining_again_a_follower_may_not() => GroupTranscript.Check(
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
        > b join
        b in generation 2 as b-2, range, follows
        > b sync
        b works on orders:1
        > a join
        > b join
        a in generation 3 as a-1, range, leads a-1 b-2
        b in generation 3 as b-2, range, follows
        > a sync a=orders:1 b=orders:0
        a works on orders:1
        = generation 3, 2 members, because leader a-1 (client a, /a) joined again: a-1 +orders-1 -orders-0; b-2 +orders-0 -orders-1
        > b sync
        b works on orders:0
        """);

    [Fact]
    public void A_follower_that_changes_its_subscription_makes_a_rebalance() => GroupTranscript.Check(
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
        > b sync
        > a sync a=orders:0 b=orders:1
        a works on orders:0
        b works on orders:1
        = generation 2, 2 members, because member b-2 (client b, /b) joined: b-2 +orders-1
        > b join topics=orders,payments
        > a heartbeat
        a heartbeat: RebalanceInProgress
        > a join
        a in generation 3 as a-1, range, leads a-1 b-2
        b in generation 3 as b-2, range, follows
        > a sync a=orders:0,1 b=payments:0
        a works on orders:0,1
        = generation 3, 2 members, because member b-2 (client b, /b) changed its metadata: a-1 +orders-1; b-2 +payments-0 -orders-1
        > b sync
        b works on payments:0
        """);

    [Fact]
    public void A_member_that_missed_the_answer_to_its_join_gets_it_again() => GroupTranscript.Check(
        """
        > a join
        a in generation 1 as a-1, range, leads a-1
        > b join
        > a join
        a in generation 2 as a-1, range, leads a-1 b-2
        b in generation 2 as b-2, range, follows
        > a join
        a in generation 2 as a-1, range, leads a-1 b-2
        > b join
        b in generation 2 as b-2, range, follows
        > b sync
        > a sync a=orders:0 b=orders:1
        a works on orders:0
        b works on orders:1
        = generation 2, 2 members, because member a-1 (client a, /a) joined; member b-2 (client b, /b) joined: a-1 +orders-0; b-2 +orders-1
        """);

    [Fact]
    public void A_join_sent_twice_answers_the_first_so_that_no_request_is_left_open() => GroupTranscript.Check(
        """
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > b join v=4
        b join: MemberIdRequired as b-2
        > b join
        > b join
        b join: RebalanceInProgress as b-2
        > a join
        a in generation 2 as a-1, range, leads a-1 b-2
        b in generation 2 as b-2, range, follows
        """);

    [Fact]
    public void A_member_that_forgets_somebody_leaves_him_with_nothing() => GroupTranscript.Check(
        """
        > a join
        a in generation 1 as a-1, range, leads a-1
        > b join
        > a join
        a in generation 2 as a-1, range, leads a-1 b-2
        b in generation 2 as b-2, range, follows
        > b sync
        > a sync a=orders:0,1
        a works on orders:0,1
        b works on nothing
        = generation 2, 2 members, because member a-1 (client a, /a) joined; member b-2 (client b, /b) joined: a-1 +orders-0,orders-1
        """);

    [Fact]
    public void A_group_that_everybody_has_left_is_empty_in_a_new_generation() => GroupTranscript.Check(
        """
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > log
        log: ClassicGenerationStarted, ClassicGenerationFormed
        > a leave
        a left: None
        = generation 2, 0 members, because member a-1 (client a, /a) left: a-1 -orders-0
        > describe
        Empty consumer
        > log
        log: ClassicGenerationFormed
        > a join id=
        a in generation 3 as a-2, range, leads a-2
        > a sync a=orders:0
        a works on orders:0
        = generation 3, 1 members, because member a-2 (client a, /a) joined: a-2 +orders-0
        """);

    [Fact]
    public void A_group_may_work_on_several_topics() => GroupTranscript.Check(
        """
        > topic orders 2
        > topic payments 1
        > a join topics=orders,payments
        a in generation 1 as a-1, range, leads a-1
        > b join topics=orders
        > a join
        a in generation 2 as a-1, range, leads a-1 b-2
        b in generation 2 as b-2, range, follows
        > b sync
        > a sync a=orders:0;payments:0 b=orders:1
        a works on orders:0;payments:0
        b works on orders:1
        = generation 2, 2 members, because member a-1 (client a, /a) joined; member b-2 (client b, /b) joined: a-1 +orders-0,payments-0; b-2 +orders-1
        > a commit payments:0@3
        a commit: None
        > b commit orders:1@4
        b commit: None
        > a fetch payments:0
        a finds payments:0@3
        > a fetch orders:1
        a finds orders:1@4
        """);

    [Fact]
    public void Partitions_added_are_shared_out_when_the_leader_joins_again() => GroupTranscript.Check(
        """
        > topic orders 1
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > topic orders 2
        > a heartbeat
        a heartbeat: None
        > a join
        a in generation 2 as a-1, range, leads a-1
        > a sync a=orders:0,1
        a works on orders:0,1
        = generation 2, 1 members, because leader a-1 (client a, /a) joined again: a-1 +orders-1
        """);
}
