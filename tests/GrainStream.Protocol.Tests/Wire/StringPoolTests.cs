using System.Text;
using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Tests.Wire;

public class StringPoolTests
{
    [Fact]
    public void The_same_name_is_the_same_string()
    {
        var pool = new StringPool(64);
        Assert.Same(pool.Get("a-topic-name"u8), pool.Get("a-topic-name"u8));
    }

    [Fact]
    public void A_remembered_name_costs_nothing()
    {
        var pool = new StringPool(64);
        pool.Get("a-topic-name"u8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            pool.Get("a-topic-name"u8);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("12345678")]
    [InlineData("größer")]
    [InlineData("🙂")]
    public void Any_text_comes_back_as_it_was(string text)
    {
        var pool = new StringPool(1);
        Assert.Equal(text, pool.Get(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(text, pool.Get(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Names_that_share_a_slot_replace_one_another()
    {
        var pool = new StringPool(1);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal($"topic-{i % 7}", pool.Get(Encoding.UTF8.GetBytes($"topic-{i % 7}")));
        }
    }

    [Fact]
    public void Long_texts_are_not_remembered()
    {
        var pool = new StringPool(64);
        byte[] text = Encoding.UTF8.GetBytes(new string('x', StringPool.MaximumLength + 1));
        Assert.NotSame(pool.Get(text), pool.Get(text));
    }

    [Fact]
    public void The_number_of_slots_is_a_power_of_two()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new StringPool(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StringPool(48));
    }

    [Fact]
    public async Task Threads_may_share_a_pool()
    {
        var pool = new StringPool(8);
        byte[][] names = [.. Enumerable.Range(0, 50).Select(i => Encoding.UTF8.GetBytes($"topic-{i}"))];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                Assert.Equal($"topic-{i % 50}", pool.Get(names[i % 50]));
            }
        })));
    }
}
