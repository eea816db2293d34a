using GrainStream.Protocol.Records;
using GrainStream.Runtime.Ports;
using GrainStream.TestKit;
using GrainStream.TestKit.Objects;

namespace GrainStream.Runtime.Tests.Tiering.Compaction;

public sealed class CompactionFaultTests
{
    /// <summary>Every fault at every call to the store, from reading the manifest to putting the next one.</summary>
    [Fact]
    public async Task Whatever_fails_the_log_is_the_old_one_or_the_new_one_and_the_next_pass_succeeds()
    {
        MemoryObjectStore original = new();
        CompactedPartition partition = new(original, new ManualClock());
        await partition.AddSegmentAsync(CompressionType.Snappy, ["a=1", "b=1"], ["a=2"]);
        await partition.AddSegmentAsync(CompressionType.None, ["b", "c=1"]);
        await partition.AddSegmentAsync(CompressionType.None, ["a=3"]);
        List<string> before = await partition.ReadAsync();
        List<string> after = ["3 b", "4 c=1", "5 a=3"];

        FaultyObjectStore faultless = new(original.Clone(), new ImpatientClock());
        await new CompactedPartition(faultless, new ImpatientClock()).CompactAsync();
        IReadOnlyList<StoreCall> calls = faultless.Calls;
        int cases = 0;
        foreach (StoreCall call in calls)
        {
            foreach (StoreFault fault in StoreFault.Of(call.Operation))
            {
                MemoryObjectStore store = original.Clone();
                FaultyObjectStore faulty = new(store, new ImpatientClock());
                faulty.FaultAt(call.Number, fault);
                await TryCompactAsync(new CompactedPartition(faulty, new ImpatientClock()), faulty);
                Assert.Single(faulty.Fired);

                CompactedPartition survivor = new(store, new ImpatientClock());
                List<string> found = await survivor.ReadAsync();
                Assert.True(found.SequenceEqual(before) || found.SequenceEqual(after), $"{fault} at {call} left {string.Join(", ", found)}");
                await survivor.CompactAsync();
                Assert.Equal(after, await survivor.ReadAsync());
                cases++;
            }
        }

        Assert.InRange(cases, 80, int.MaxValue);
    }

    private static async Task TryCompactAsync(CompactedPartition partition, FaultyObjectStore store)
    {
        Task compaction = partition.CompactAsync();
        await Task.WhenAny(compaction, store.Crashed);
        if (compaction.IsCompleted)
        {
            Exception? failure = await Xunit.Record.ExceptionAsync(() => compaction);
            Assert.True(
                failure is null or StorageUnavailableException or CorruptDataException or FencedException or StoreCrashException, failure?.ToString());
        }
    }
}
