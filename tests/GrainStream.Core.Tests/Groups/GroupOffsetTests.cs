using GrainStream.Core.Groups;

namespace GrainStream.Core.Tests.Groups;

/// <summary>How far a group has come, and how long that is remembered.</summary>
public sealed class GroupOffsetTests
{
    [Fact]
    public void Tools_may_commit_for_an_empty_group_but_not_for_one_with_members() => GroupTranscript.Check(
        """
        > topic orders 2
        > tool commit orders:0@5 note=,by-hand
        tool commit: None
        > tool fetch orders:0
        tool finds orders:0@5,by-hand
        > tool fetch orders:1
        tool finds orders:1@nothing
        > tool fetch
        tool finds orders:0@5,by-hand
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > tool commit orders:0@9
        tool commit: UnknownMemberId
        > a leave
        a left: None
        = generation 2, 0 members, because member a-1 (client a, /a) left: a-1 -orders-0
        > tool commit orders:0@9
        tool commit: None
        > tool fetch
        tool finds orders:0@9
        """);

    [Fact]
    public void Metadata_that_is_too_large_is_refused() => GroupTranscript.Check(
        """
        > topic orders 1
        > tool commit orders:0@1 note=12345
        tool commit: None
        > tool commit orders:0@2 note=123456
        tool commit: OffsetMetadataTooLarge
        > tool commit orders:0@2 note=ééé
        tool commit: OffsetMetadataTooLarge
        > tool fetch orders:0
        tool finds orders:0@112345
        """,
        GroupConfig.Default with { OffsetMetadataMaxBytes = 5 });

    [Fact]
    public void Offsets_of_topics_in_use_are_not_deleted() => GroupTranscript.Check(
        """
        > topic orders 1
        > topic payments 1
        > tool commit orders:0@1
        tool commit: None
        > tool commit payments:0@1
        tool commit: None
        > a join topics=orders
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > tool forget orders:0
        tool forgets: GroupSubscribedToTopic
        > tool forget payments:0
        tool forgets: None
        > a leave
        a left: None
        = generation 2, 0 members, because member a-1 (client a, /a) left: a-1 -orders-0
        > tool forget orders:0
        tool forgets: None
        > tool fetch
        tool finds nothing
        > log
        log: OffsetsCommitted, OffsetsCommitted, ClassicGenerationStarted, ClassicGenerationFormed, OffsetsRemoved, ClassicGenerationFormed, OffsetsRemoved
        """);

    [Fact]
    public void Offsets_of_groups_that_are_no_consumers_are_deleted_only_when_they_are_empty() => GroupTranscript.Check(
        """
        > topic orders 1
        > tool commit orders:0@1
        tool commit: None
        > a join type=connect
        a in generation 1 as a-1, range, leads a-1
        > tool forget orders:0
        tool forgets: NonEmptyGroup
        > a leave
        a left: None
        = generation 2, 0 members, because member a-1 (client a, /a) joined; member a-1 (client a, /a) left: nothing moved
        > tool forget orders:0
        tool forgets: None
        """);

    [Fact]
    public void Offsets_are_kept_from_when_the_last_member_left() => GroupTranscript.Check(
        """
        > topic orders 1
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > a commit orders:0@1
        a commit: None
        > restart
        > wait 5s
        > a leave
        a left: None
        = generation 2, 0 members, because member a-1 (client a, /a) left: a-1 -orders-0
        > wait 6.9d
        > expire offsets
        1 offsets
        > wait 0.2d
        > expire offsets
        0 offsets, forgettable
        > log
        log: ClassicGenerationStarted, ClassicGenerationFormed, OffsetsCommitted, ClassicGenerationFormed, OffsetsRemoved
        """);

    [Fact]
    public void Offsets_in_use_are_kept_however_old_those_of_topics_no_longer_subscribed_are_not() => GroupTranscript.Check(
        """
        > topic orders 1
        > topic payments 1
        > tool commit orders:0@1
        tool commit: None
        > tool commit payments:0@1
        tool commit: None
        > wait 8d
        > a join topics=orders
        a in generation 1 as a-1, range, leads a-1
        > expire offsets
        2 offsets
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > expire offsets
        1 offsets
        > a fetch
        a finds orders:0@1
        """);

    [Fact]
    public void A_client_may_say_how_long_to_keep_an_offset() => GroupTranscript.Check(
        """
        > topic orders 2
        > tool commit orders:0@1 keep=1d
        tool commit: None
        > tool commit orders:1@1
        tool commit: None
        > wait 1d
        > expire offsets
        1 offsets
        > wait 6d
        > expire offsets
        0 offsets, forgettable
        """);

    [Fact]
    public void Offsets_of_a_topic_that_is_deleted_do_not_come_back_with_its_name() => GroupTranscript.Check(
        """
        > topic orders 1
        > tool commit orders:0@7
        tool commit: None
        > drop orders
        > topic orders 1
        > tool fetch
        tool finds nothing
        > log
        log: OffsetsCommitted, OffsetsRemoved
        """);

    [Fact]
    public void A_commit_counts_as_a_heartbeat() => GroupTranscript.Check(
        """
        > topic orders 1
        > a join
        a in generation 1 as a-1, range, leads a-1
        > a sync a=orders:0
        a works on orders:0
        = generation 1, 1 members, because member a-1 (client a, /a) joined: a-1 +orders-0
        > wait 9s
        > a commit orders:0@1
        a commit: None
        > wait 9s
        > a commit orders:0@2
        a commit: None
        > a heartbeat
        a heartbeat: None
        """);
}
