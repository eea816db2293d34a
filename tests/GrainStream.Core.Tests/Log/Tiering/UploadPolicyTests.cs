using GrainStream.Core.Log.Tiering;

namespace GrainStream.Core.Tests.Log.Tiering;

public sealed class UploadPolicyTests
{
    private const long Mib = 1L << 20;
    private const long Week = 604_800_000;

    private static readonly UploadPolicy Policy = new() { MaxSegmentBytes = 64 * Mib, MemoryBytes = 192 * Mib };

    [Fact]
    public void A_tail_grows_to_the_size_of_a_segment() =>
        Assert.Equal([UploadReason.None, UploadReason.Size], new[] { 64 * Mib - 1, 64 * Mib }.Select(bytes => Decide(bytes, 1024 * Mib, default)));

    [Fact]
    public void A_topic_may_ask_for_smaller_segments_but_not_for_larger_ones()
    {
        Assert.Equal(UploadReason.Size, Decide(Mib, Mib, default));
        Assert.Equal(64 * Mib, Policy.TargetBytes(1024 * Mib));
    }

    [Theory]
    [InlineData(Week - 1, UploadReason.None)]
    [InlineData(Week, UploadReason.Age)]
    public void A_tail_is_uploaded_when_its_oldest_batch_has_waited_long_enough(long ageMs, UploadReason expected) =>
        Assert.Equal(expected, Policy.Decide(new UntieredTail(1, new Timestamp(5)), 1024 * Mib, Week, default, new Timestamp(5 + ageMs)));

    [Fact]
    public void Nothing_is_nothing_however_old() =>
        Assert.Equal(UploadReason.None, Policy.Decide(default, 1, 1, default, new Timestamp(long.MaxValue)));

    [Fact]
    public void At_a_moderate_rate_tails_that_have_left_memory_wait_for_a_full_segment() =>
        Assert.Equal(UploadReason.None, Decide(20 * Mib, 1024 * Mib, new WriteLoad(60 * Mib, 1500 * Mib)));

    [Fact]
    public void When_memory_turns_over_at_once_and_tails_fill_half_of_it_those_of_a_block_go()
    {
        var load = new WriteLoad(96 * Mib, 96 * Mib);
        Assert.Equal(UploadReason.Memory, Decide(8 * Mib, 1024 * Mib, load));
        Assert.Equal(UploadReason.None, Decide(8 * Mib - 1, 1024 * Mib, load));
        Assert.Equal(UploadReason.None, Decide(60 * Mib, 1024 * Mib, load with { UntieredBytes = 96 * Mib - 1 }));
    }

    private static UploadReason Decide(long bytes, long segmentBytes, WriteLoad load) =>
        Policy.Decide(new UntieredTail(bytes, new Timestamp(1)), segmentBytes, Week, load, new Timestamp(2));
}
