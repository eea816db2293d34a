using GrainStream.Core.Log.Compaction;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Log.Compaction;

public sealed class CompactionPolicyTests
{
    private static readonly CompactionSettings Defaults = new(0, long.MaxValue, 0.5, 1000);

    [Fact]
    public void Nothing_is_due_without_dirty_segments()
    {
        Assert.Null(CompactionPolicy.Decide([], Offset.Zero, Defaults, new Timestamp(0)));
        Assert.Null(CompactionPolicy.Decide([Segment(0, 100)], new Offset(10), Defaults, new Timestamp(1_000_000)));
    }

    [Fact]
    public void A_pass_is_due_when_more_than_the_ratio_is_dirty()
    {
        SegmentEntry[] segments = [Segment(0, 100), Segment(1, 60), Segment(2, 40)];
        Assert.Null(CompactionPolicy.Decide(segments, new Offset(10), Defaults, new Timestamp(0)));
        segments[2] = Segment(2, 41);
        Assert.Equal(
            new CompactionPlan(CompactionReason.DirtyRatio, 1, 3, 100, 101),
            CompactionPolicy.Decide(segments, new Offset(10), Defaults, new Timestamp(0)));
        Assert.Equal(
            new CompactionPlan(CompactionReason.DirtyRatio, 0, 3, 0, 201),
            CompactionPolicy.Decide(segments, Offset.Zero, Defaults, new Timestamp(0)));
    }

    [Fact]
    public void A_segment_that_was_cleaned_in_part_is_dirty()
    {
        CompactionPlan? plan = CompactionPolicy.Decide([Segment(0, 100), Segment(1, 100)], new Offset(5), Defaults, new Timestamp(0));
        Assert.Equal(0, plan?.FirstDirty);
    }

    [Fact]
    public void Segments_with_records_below_the_minimum_lag_and_all_after_them_are_left_alone()
    {
        CompactionSettings settings = Defaults with { MinLagMs = 500, MinDirtyRatio = 0 };
        SegmentEntry[] segments = [Segment(0, 10, newest: 100), Segment(1, 10, newest: 900), Segment(2, 10, newest: 100)];
        Assert.Null(CompactionPolicy.Decide(segments, Offset.Zero, settings, new Timestamp(599)));
        Assert.Equal(1, CompactionPolicy.Decide(segments, Offset.Zero, settings, new Timestamp(600))?.Count);
        Assert.Equal(1, CompactionPolicy.Decide(segments, Offset.Zero, settings, new Timestamp(1399))?.Count);
        Assert.Equal(3, CompactionPolicy.Decide(segments, Offset.Zero, settings, new Timestamp(1400))?.Count);
    }

    [Fact]
    public void Beyond_the_maximum_lag_a_pass_is_due_however_little_is_dirty()
    {
        CompactionSettings settings = Defaults with { MaxLagMs = 1000 };
        SegmentEntry[] segments = [Segment(0, 1_000_000, newest: 100), Segment(1, 10, newest: 900)];
        Assert.Null(CompactionPolicy.Decide(segments, new Offset(10), settings, new Timestamp(1100)));
        Assert.Equal(
            new CompactionPlan(CompactionReason.MaxLag, 1, 2, 1_000_000, 10),
            CompactionPolicy.Decide(segments, new Offset(10), settings, new Timestamp(1101)));
        CompactionSettings young = settings with { MinLagMs = 1000 };
        Assert.Null(CompactionPolicy.Decide(segments, new Offset(10), young, new Timestamp(1101)));
    }

    [Fact]
    public void Records_without_a_timestamp_count_from_when_they_were_stored()
    {
        CompactionSettings settings = Defaults with { MinLagMs = 500, MinDirtyRatio = 0 };
        SegmentEntry[] segments = [Segment(0, 10, newest: -1)];
        Assert.Null(CompactionPolicy.Decide(segments, Offset.Zero, settings, new Timestamp(10_499)));
        Assert.NotNull(CompactionPolicy.Decide(segments, Offset.Zero, settings, new Timestamp(10_500)));
    }

    /// <summary>The segment of that number, of ten offsets.</summary>
    private static SegmentEntry Segment(int number, long bytes, long newest = 0) => new(
        new Offset(number * 10), new Offset((number + 1) * 10), bytes + 100, bytes, newest, new Timestamp(10_000), new LeaderEpoch(0), 1, 2);
}
