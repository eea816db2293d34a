using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Inspection;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Tiering;
using GrainStream.TestKit.Objects;

namespace GrainStream.Runtime.Tests.Tiering;

public sealed class SegmentWriterTests
{
    [Fact]
    public async Task A_segment_of_several_blocks_is_sound_and_says_what_it_holds()
    {
        var history = new TieredHistory();
        byte[][] batches = TieredHistory.Singles(100, 700, 30_000);
        SegmentEntry entry = await history.WriteAsync(100, 800, batches);
        var seen = new List<InspectedBatch>();
        SegmentReport report = await InspectAsync(history, entry, seen.Add);
        Assert.Empty(report.Faults);
        Assert.Equal(700, report.Records);
        Assert.Equal(Enumerable.Range(100, 700).Select(i => (long)i), seen.Select(batch => batch.Header.BaseOffset));
        Assert.Equal((100, 800, 799), (entry.BaseOffset.Value, entry.EndOffset.Value, entry.MaxTimestamp));
        Assert.Equal(batches.Sum(batch => batch.LongLength), entry.DataLength);
        Assert.Equal(history.Memory.ContentOf(history.Memory.Names[0])!.Length, entry.Length);
        Assert.True(report.Footer!.Chunks.Length > 100);
        Assert.All(Enumerable.Range(0, report.Footer.Chunks.Length), chunk =>
            Assert.InRange(report.Footer.ChunkEnd(chunk) - report.Footer.Chunks[chunk].Position, 1, SegmentFooterBuilder.MaxChunkBytes));
    }

    [Fact]
    public async Task A_batch_larger_than_a_block_is_a_chunk_of_its_own()
    {
        var history = new TieredHistory();
        SegmentEntry entry = await history.WriteAsync(0, 3, TieredHistory.Singles(0, 3, 9_000_000));
        SegmentReport report = await InspectAsync(history, entry, null);
        Assert.Empty(report.Faults);
        Assert.Equal(3, report.Footer!.Chunks.Length);
    }

    [Fact]
    public async Task A_segment_may_stand_for_offsets_without_records()
    {
        var history = new TieredHistory();
        SegmentEntry entry = await history.WriteAsync(5, 50);
        Assert.Equal((0, -1), (entry.DataLength, entry.MaxTimestamp));
        Assert.Empty((await InspectAsync(history, entry, null)).Faults);
    }

    [Fact]
    public async Task A_damaged_batch_is_not_uploaded()
    {
        var history = new TieredHistory();
        byte[] batch = TieredHistory.Singles(0, 1, 100)[0];
        batch[^1] ^= 1;
        CorruptDataException damage = await Assert.ThrowsAsync<CorruptDataException>(() => history.WriteAsync(0, 1, batch));
        Assert.Contains("offset 0", damage.Message, StringComparison.Ordinal);
        Assert.Equal(0, history.Memory.Count);
        await Assert.ThrowsAsync<CorruptDataException>(() => history.WriteAsync(0, 1, batch[..^5]));
    }

    [Fact]
    public async Task Every_fault_at_every_call_ends_in_a_sound_segment_or_in_trying_anew()
    {
        var clean = new TieredHistory();
        byte[][] batches = TieredHistory.Singles(0, 100, 1_000);
        await clean.WriteAsync(0, 100, batches);
        int cases = 0;
        foreach (StoreCall call in clean.Store.Calls)
        {
            foreach (StoreFault fault in StoreFault.Of(call.Operation))
            {
                var history = new TieredHistory();
                history.Store.FaultAt(call.Number, fault);
                SegmentEntry? entry = null;
                while (entry is null)
                {
                    try
                    {
                        entry = await history.WriteAsync(0, 100, batches);
                    }
                    catch (StorageUnavailableException)
                    {
                        Assert.NotEmpty(history.Store.Fired);
                    }
                    catch (StoreCrashException)
                    {
                        history = new TieredHistory(history.Memory);
                    }
                }

                await history.Store.ReleaseDelayedAsync();
                SegmentReport report = await InspectAsync(history, entry.Value, null);
                Assert.True(report.Faults.Count == 0 && report.Batches == 100, $"{fault} at {call}");
                cases++;
            }
        }

        Assert.True(cases >= 25, $"{cases} cases");
    }

    private static ValueTask<SegmentReport> InspectAsync(TieredHistory history, SegmentEntry entry, Action<InspectedBatch>? visit) =>
        SegmentInspection.InspectAsync(history.Memory, SegmentName.Of(TieredHistory.Partition, entry).ToString(), entry, visit, default);
}
