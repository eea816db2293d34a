using GrainStream.Core.Log.Tiering;

namespace GrainStream.Core.Tests.Log.Tiering;

public sealed class ReclaimPolicyTests
{
    private const long Kib = 1024;
    private const long File = 128 << 20;

    [Fact]
    public void Large_tails_are_uploaded_small_ones_copied_and_uploaded_ones_only_noted() =>
        Assert.Equal(
            [ReclaimStep.Upload, ReclaimStep.Copy, ReclaimStep.Checkpoint],
            Plan(File, (256 * Kib, 1), (256 * Kib - 1, 100 * Kib), (900 * Kib, 0)));

    [Fact]
    public void Ten_thousand_quiet_partitions_are_copied_without_an_upload()
    {
        ReclaimStep[] steps = ReclaimPolicy.Plan([.. Enumerable.Repeat(new ReclaimCandidate(2 * Kib, 2 * Kib), 10_000)], File);
        Assert.All(steps, step => Assert.Equal(ReclaimStep.Copy, step));
    }

    [Fact]
    public void Copies_come_to_a_quarter_of_the_file_at_most_and_the_largest_tails_are_uploaded_instead()
    {
        var random = new Random(7);
        ReclaimCandidate[] candidates = [.. Enumerable.Range(0, 5000).Select(_ => Candidate(random))];

        ReclaimStep[] steps = ReclaimPolicy.Plan(candidates, File);

        ReclaimCandidate[] copied = [.. candidates.Where((_, i) => steps[i] == ReclaimStep.Copy)];
        ReclaimCandidate[] uploaded = [.. candidates.Where((_, i) => steps[i] == ReclaimStep.Upload)];
        Assert.InRange(copied.Sum(candidate => candidate.FileBytes), File / 4 - (256 * Kib), File / 4);
        Assert.True(copied.Max(candidate => candidate.TailBytes) <= uploaded.Min(candidate => candidate.TailBytes));
    }

    [Fact]
    public void In_a_small_journal_a_tail_is_large_earlier() =>
        Assert.Equal([ReclaimStep.Upload, ReclaimStep.Copy], Plan(32 * Kib, (2 * Kib, 1 * Kib), (2 * Kib - 1, 1 * Kib)));

    [Theory]
    [InlineData(60, false, false)]
    [InlineData(61, true, false)]
    [InlineData(90, true, false)]
    [InlineData(91, true, true)]
    public void Files_are_freed_well_before_producers_have_to_wait(long used, bool reclaim, bool full)
    {
        var room = new JournalRoom(used * 1000, 100_000, 10_000);
        Assert.Equal((reclaim, full), (room.MustReclaim, room.IsFull));
    }

    [Fact]
    public void The_pause_after_failures_doubles_up_to_a_minute() =>
        Assert.Equal(
            [1, 2, 4, 8, 16, 32, 60, 60],
            new[] { 1, 2, 3, 4, 5, 6, 7, int.MaxValue }.Select(failures => (int)RetryPause.After(failures).TotalSeconds));

    private static ReclaimStep[] Plan(long fileBytes, params (long Tail, long InFile)[] candidates) =>
        ReclaimPolicy.Plan([.. candidates.Select(candidate => new ReclaimCandidate(candidate.Tail, candidate.InFile))], fileBytes);

    private static ReclaimCandidate Candidate(Random random)
    {
        long tail = random.Next(1, 255) * Kib;
        return new ReclaimCandidate(tail, tail);
    }
}
