using GrainStream.Core.Log.Tiering;

namespace GrainStream.Core.Tests.Log.Tiering;

public sealed class RetentionScanTests
{
    private static readonly Timestamp Now = new(1_000_000);

    [Fact]
    public void Segments_go_while_their_newest_record_is_too_old() =>
        Assert.Equal(2, Removed(new RetentionScan(100_000, -1, 100, Now), (10, 100), (10, 899_999), (10, 900_000), (10, 5)));

    [Fact]
    public void Segments_go_while_enough_remains_without_them() =>
        Assert.Equal(3, Removed(new RetentionScan(-1, 70, 100, Now), (10, 0), (10, 0), (10, 0), (10, 0)));

    [Fact]
    public void A_segment_stays_if_less_than_the_retained_size_would_remain() =>
        Assert.Equal(0, Removed(new RetentionScan(-1, 91, 100, Now), (10, 0)));

    [Fact]
    public void Without_limits_everything_stays()
    {
        var scan = new RetentionScan(-1, -1, long.MaxValue, Now);
        Assert.Equal(0, Removed(scan, (10, 0)));
        Assert.Equal(long.MinValue, scan.CutoffMs);
    }

    [Fact]
    public void Records_without_timestamps_are_as_old_as_their_segment()
    {
        Assert.True(new RetentionScan(100, -1, 10, Now).Removes(10, -1, new Timestamp(999_899)));
        Assert.False(new RetentionScan(100, -1, 10, Now).Removes(10, -1, new Timestamp(999_900)));
    }

    [Fact]
    public void A_retention_longer_than_time_itself_keeps_everything() =>
        Assert.Equal(0, Removed(new RetentionScan(long.MaxValue, -1, 100, Now), (10, 0)));

    [Fact]
    public void Nothing_is_kept_of_what_a_size_of_zero_asks() =>
        Assert.Equal(2, Removed(new RetentionScan(-1, 0, 20, Now), (10, 0), (10, 0)));

    private static int Removed(RetentionScan scan, params (long Bytes, long MaxTimestamp)[] segments) =>
        segments.TakeWhile(segment => scan.Removes(segment.Bytes, segment.MaxTimestamp, Now)).Count();
}
