using System.Text;
using GrainStream.Core.Log.Compaction;

namespace GrainStream.Core.Tests.Log.Compaction;

public sealed class OffsetMapTests
{
    private static readonly KeyHasher Hasher = new(0x1234, 0x5678);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_answers_as_a_dictionary_does_up_to_its_capacity(int seed)
    {
        Random random = new(seed);
        OffsetMap map = new(24 * 10_000, long.MaxValue, Hasher);
        Dictionary<int, long> model = [];
        for (long offset = 0; model.Count < map.Capacity; offset++)
        {
            int key = random.Next(20_000);
            model[key] = offset;
            map.Put(Key(key), offset);
            Assert.Equal(model.Count, map.Count);
        }

        for (int key = 0; key < 20_000; key++)
        {
            Assert.Equal(model.TryGetValue(key, out long expected), map.TryGet(Key(key), out long found));
            Assert.True(!model.ContainsKey(key) || expected == found);
        }

        Assert.Throws<InvariantViolationException>(() => map.Put("another"u8, 1));
        map.Put(Key(model.First().Key), 1_000_000);
    }

    [Fact]
    public void It_keeps_the_latest_offset_whatever_the_order()
    {
        OffsetMap map = new(1_000, 10, Hasher);
        map.Put("k"u8, 7);
        map.Put("k"u8, 3);
        Assert.True(map.TryGet("k"u8, out long offset));
        Assert.Equal(7, offset);
        map.Put(""u8, 0);
        Assert.True(map.TryGet(""u8, out offset));
        Assert.Equal(0, offset);
        Assert.False(map.TryGet("other"u8, out _));
    }

    [Fact]
    public void Its_bytes_are_the_budget_or_what_the_keys_take_at_most()
    {
        OffsetMap full = new(24_000_000, long.MaxValue, Hasher);
        Assert.Equal(24_000_000, full.Bytes);
        Assert.Equal(750_000, full.Capacity);
        OffsetMap small = new(24_000_000, 300, Hasher);
        Assert.InRange(small.Capacity, 300, 310);
        Assert.Equal(1, new OffsetMap(0, 0, Hasher).Capacity);
    }

    private static byte[] Key(int number) => Encoding.ASCII.GetBytes($"key-{number}");
}
