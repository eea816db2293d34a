using System.Globalization;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Ports;
using GrainStream.TestKit;
using GrainStream.TestKit.Objects;
using Xunit.Abstractions;

namespace GrainStream.Runtime.Tests.Tiering;

/// <summary>Any byte of any object of a partition may go bad: that is noticed, told with the object and the byte, and nothing of it is served.</summary>
public sealed class SegmentDamageTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_byte_of_a_small_segment_and_its_manifest_counts()
    {
        var history = new TieredHistory();
        await history.AddAsync(3, TieredHistory.Singles(0, 3, 10));
        int flips = 0;
        foreach (string name in history.Memory.Names)
        {
            for (int at = 0; at < history.Memory.ContentOf(name)!.Length; at++)
            {
                await AssertNoticedAsync(history, name, at, (byte)(1 << (at % 8)));
                flips++;
            }
        }

        output.WriteLine($"{flips} flips");
        Assert.True(flips > 500);
    }

    [Fact]
    public async Task Sampled_bytes_of_large_segments_pages_and_heads_count()
    {
        Random random = Seeds.NewRandom(output.WriteLine);
        var history = new TieredHistory();
        await history.AddAsync(40, TieredHistory.Singles(0, 40, 15_000));
        await history.AddAsync(90, TieredHistory.Singles(40, 50, 300));
        for (int i = 90; i < 90 + 260; i++)
        {
            await history.AddAsync(i + 1, TieredHistory.Singles(i, 1, 10));
        }

        Assert.Contains(history.Memory.Names, name => name.EndsWith(".page", StringComparison.Ordinal));
        SegmentEntry first = (await history.PagesAsync(history.Manifest.Pages))[0].Segments[0];
        string[] large = [SegmentName.Of(TieredHistory.Partition, first).ToString()];
        string[] others = [.. history.Memory.Names.Where(name => !name.EndsWith(".segment", StringComparison.Ordinal)), history.Memory.Names[^4]];
        foreach ((string name, int samples) in large.Select(name => (name, 400)).Concat(others.Select(name => (name, name.EndsWith(".segment", StringComparison.Ordinal) ? 40 : 150))))
        {
            byte[] content = history.Memory.ContentOf(name)!;
            for (int i = 0; i < samples; i++)
            {
                // A third of the samples where the small parts are: first and last kilobyte.
                int at = (i % 3) switch
                {
                    0 => random.Next(Math.Min(1024, content.Length)),
                    1 => content.Length - 1 - random.Next(Math.Min(1024, content.Length)),
                    _ => random.Next(content.Length),
                };
                await AssertNoticedAsync(history, name, at, (byte)random.Next(1, 256));
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-40)]
    [InlineData(1)]
    public async Task Objects_cut_short_or_lengthened_are_noticed(int change)
    {
        var history = new TieredHistory();
        await history.AddAsync(3, TieredHistory.Singles(0, 3, 10));
        foreach (string name in history.Memory.Names)
        {
            byte[] content = history.Memory.ContentOf(name)!;
            history.Memory.Tamper(name, bytes => change < 0 ? bytes[..^-change] : [.. bytes, 0]);
            CorruptDataException damage = await ReadAllAsync(history);
            Assert.Contains(name, damage.Message, StringComparison.Ordinal);
            history.Memory.Tamper(name, _ => content);
        }
    }

    [Fact]
    public async Task A_segment_in_the_place_of_another_is_noticed()
    {
        var history = new TieredHistory();
        SegmentEntry one = await history.AddAsync(3, TieredHistory.Singles(0, 3, 10));
        SegmentEntry other = await history.WriteAsync(0, 3, TieredHistory.Singles(0, 3, 10));
        string name = SegmentName.Of(TieredHistory.Partition, one).ToString();
        byte[] content = history.Memory.ContentOf(SegmentName.Of(TieredHistory.Partition, other with { Salt = other.Salt }).ToString())!;
        byte[] mine = history.Memory.ContentOf(name)!;
        if (!content.AsSpan().SequenceEqual(mine))
        {
            history.Memory.Tamper(name, _ => content);
            Assert.Contains("not that of the segment", (await ReadAllAsync(history)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("short")]
    [InlineData("corrupt")]
    public async Task What_was_spoilt_on_the_way_is_fetched_again_and_served(string what)
    {
        StoreFault fault = what == "short" ? StoreFault.ShortRange : StoreFault.CorruptRange;
        var history = new TieredHistory();
        await history.AddAsync(40, TieredHistory.Singles(0, 40, 15_000));
        int calls = history.Store.Calls.Count;
        for (int call = 1; call <= 3; call++)
        {
            history.Store.FaultAt(calls + call, fault);
            await using TieredHistory.ColdReader reader = history.NewReader();
            Assert.Equal(history.Batches.SelectMany(batch => batch), await reader.ReadAsync(0));
            calls = history.Store.Calls.Count;
        }

        Assert.Equal(3, history.Store.Fired.Count);
    }

    private static async Task AssertNoticedAsync(TieredHistory history, string name, int at, byte mask)
    {
        history.Memory.Tamper(name, bytes => Flip(bytes, at, mask));
        CorruptDataException damage = await ReadAllAsync(history);
        Assert.True(damage.Message.Contains(name, StringComparison.Ordinal), $"{name} byte {at}: {damage.Message}");
        Assert.Contains("byte ", damage.Message, StringComparison.Ordinal);
        history.Memory.Tamper(name, bytes => Flip(bytes, at, mask));
    }

    /// <summary>Reads everything with cold caches until the damage shows; what is served before it must be what was written.</summary>
    private static async Task<CorruptDataException> ReadAllAsync(TieredHistory history)
    {
        await using TieredHistory.ColdReader reader = history.NewReader();
        long offset = 0;
        try
        {
            while (offset < history.Manifest.End.Value)
            {
                byte[] read = await reader.ReadAsync(offset, maxBytes: 1);
                Assert.Equal(history.Batches[(int)offset], read);
                offset += Math.Max(1, history.Manifest.Recent.Length > 0 && offset < 90 ? 5 : 1);
            }
        }
        catch (CorruptDataException damage)
        {
            return damage;
        }

        throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"No damage was noticed up to offset {offset}."));
    }

    private static byte[] Flip(byte[] bytes, int at, byte mask)
    {
        bytes[at] ^= mask;
        return bytes;
    }
}
