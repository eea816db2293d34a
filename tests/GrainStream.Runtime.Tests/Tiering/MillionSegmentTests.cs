using System.Collections.Immutable;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Reading;
using GrainStream.Runtime.Reading.Segments;
using GrainStream.TestKit.Objects;

namespace GrainStream.Runtime.Tests.Tiering;

/// <summary>Years of history: a manifest of a million segments, of which only those that are read exist.</summary>
public sealed class MillionSegmentTests
{
    private const int Segments = 1_000_000;
    private const int Offsets = 10;

    [Fact]
    public async Task A_read_by_offset_or_time_costs_one_page_one_footer_and_one_block()
    {
        var history = new TieredHistory();
        int[] real = [0, 127, 128, 40_000, 500_000, 777_777, 999_700, 999_999];
        await BuildAsync(history, real);
        Assert.Equal(Segments, history.Manifest.SegmentCount);
        Assert.True(history.Memory.ContentOf(ManifestName.Of(TieredHistory.Partition))!.Length <= 21 * 1024);
        using var fixture = new PartitionFixture();
        foreach (int segment in real)
        {
            long offset = (segment * (long)Offsets) + 3;
            await using (TieredHistory.ColdReader reader = history.NewReader())
            {
                int reads = await CountAsync(history, async () => Assert.NotEmpty(await reader.ReadAsync(offset)));
                Assert.True(reads <= 4, $"{reads} object reads, the head's included, for offset {offset}");
            }

            await using (TieredHistory.ColdReader reader = history.NewReader())
            {
                var lookup = new SegmentLookup(reader.Reader, reader.Directory, reader.Cache);
                FoundRecord? found = null;
                int reads = await CountAsync(
                    history, async () => found = await lookup.FindAsync(fixture.Partition, history.Manifest.End, offset, default));
                Assert.Equal(offset, found?.Offset);
                Assert.True(reads <= 4, $"{reads} object reads, the head's included, for time {offset}");
            }
        }
    }

    [Fact]
    public async Task Appending_to_a_million_segments_puts_one_object_and_reads_none_but_for_rare_pages()
    {
        var history = new TieredHistory();
        await BuildAsync(history, []);
        int before = history.Store.Calls.Count;
        for (int i = 0; i < 1_000; i++)
        {
            SegmentEntry entry = Entry(Segments + i);
            IReadOnlyList<ManifestPage> pages = await history.PagesAsync(history.Manifest.PagesToAppend(1));
            await history.CommitAsync(history.Manifest.Append([entry], history.Manifest.Epochs, pages, TieredHistory.NewStamp()));
        }

        Assert.InRange(history.Store.Calls.Count - before, 1_000, 1_100);
    }

    private static async Task BuildAsync(TieredHistory history, int[] real)
    {
        await history.CreateAsync();
        var written = new Dictionary<int, SegmentEntry>();
        foreach (int segment in real)
        {
            long first = segment * (long)Offsets;
            written[segment] = await history.WriteAsync(first, first + Offsets, TieredHistory.Singles(first, Offsets, 10));
        }

        const int Step = 50_000;
        for (int start = 0; start < Segments; start += Step)
        {
            ImmutableArray<SegmentEntry> entries =
                [.. Enumerable.Range(start, Step).Select(i => written.TryGetValue(i, out SegmentEntry entry) ? entry : Entry(i))];
            IReadOnlyList<ManifestPage> pages = await history.PagesAsync(history.Manifest.PagesToAppend(Step));
            await history.CommitAsync(history.Manifest.Append(entries, history.Manifest.Epochs, pages, TieredHistory.NewStamp()));
        }
    }

    private static SegmentEntry Entry(int segment)
    {
        long first = segment * (long)Offsets;
        return new SegmentEntry(
            new Offset(first), new Offset(first + Offsets), 1_000, 500, first + Offsets - 1, default, TieredHistory.Epoch, (ulong)segment, 1);
    }

    private static async Task<int> CountAsync(TieredHistory history, Func<Task> read)
    {
        int before = history.Store.CountOf(StoreOperation.Read);
        await read();
        return history.Store.CountOf(StoreOperation.Read) - before;
    }
}
