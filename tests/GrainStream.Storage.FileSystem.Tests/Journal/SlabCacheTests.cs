using GrainStream.Core.Log;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Journal;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>What stays in memory, and what it costs.</summary>
public sealed class SlabCacheTests : IDisposable
{
    private const int SlabBytes = 16 * 1024;

    private readonly SlabCache _slabs = new(SlabBytes, 4 * SlabBytes);

    public void Dispose() => _slabs.Dispose();

    [Fact]
    public void The_oldest_synced_slabs_go_first_and_the_bound_holds()
    {
        for (int i = 0; i < 20; i++)
        {
            Fill(i, synced: i * SlabBytes);
            Assert.True(_slabs.TotalBytes <= 4 * SlabBytes);
        }

        Assert.False(IsIn(15));
        Assert.True(IsIn(16));
        Assert.True(IsIn(19));
    }

    [Fact]
    public void What_is_not_synced_stays_even_beyond_the_bound_which_holds_again_later()
    {
        for (int i = 0; i < 8; i++)
        {
            Fill(i, synced: 0);
        }

        Assert.Equal(8 * SlabBytes, _slabs.TotalBytes);
        Assert.True(IsIn(0));
        Fill(8, synced: 8 * SlabBytes);
        Assert.False(IsIn(4));
        Assert.True(IsIn(5));
        Fill(9, synced: 9 * SlabBytes);
        Assert.InRange(_slabs.TotalBytes, 4 * SlabBytes, 8 * SlabBytes);
    }

    [Fact]
    public void A_pinned_slab_counts_until_its_last_pin_goes()
    {
        Fill(0, synced: 0);
        Assert.True(_slabs.TryPin(new JournalPosition(0), out JournalPin first));
        Assert.True(_slabs.TryPin(new JournalPosition(8), out JournalPin second));
        for (int i = 1; i < 6; i++)
        {
            Fill(i, synced: i * SlabBytes);
        }

        Assert.False(IsIn(0));
        Assert.False(IsIn(2));
        Assert.True(IsIn(3));
        Assert.Equal(4 * SlabBytes, _slabs.TotalBytes);
        first.Dispose();
        Assert.Equal(1, second.Memory.Span[0]);
        second.Dispose();
        Assert.Throws<InvalidOperationException>(second.Dispose);
    }

    [Fact]
    public void A_large_frame_gets_a_slab_of_its_size_at_the_cost_of_older_ones()
    {
        for (int i = 0; i < 4; i++)
        {
            Fill(i, synced: i * SlabBytes);
        }

        Slab large = _slabs.Add(new JournalPosition(4 * SlabBytes), 2 * SlabBytes, new JournalPosition(4 * SlabBytes));
        Assert.True(large.Free >= 2 * SlabBytes);
        Assert.True(_slabs.TotalBytes <= 4 * SlabBytes);
    }

    [Fact]
    public async Task Pinning_races_with_eviction_without_ever_lending_reused_memory()
    {
        int newest = 0;
        bool done = false;
        Task reader = Task.Run(() =>
        {
            var random = new Random(1);
            while (!Volatile.Read(ref done))
            {
                int i = Math.Max(0, Volatile.Read(ref newest) - random.Next(6));
                if (_slabs.TryPin(new JournalPosition((long)i * SlabBytes), out JournalPin pin))
                {
                    Assert.Equal(unchecked((byte)(i + 1)), pin.Memory.Span[0]);
                    Assert.Equal(unchecked((byte)(i + 1)), pin.Memory.Span[^1]);
                    pin.Dispose();
                }
            }
        });
        for (int i = 0; i < 30_000; i++)
        {
            Fill(i, synced: (long)i * SlabBytes);
            Volatile.Write(ref newest, i);
        }

        Volatile.Write(ref done, true);
        await reader;
    }

    private void Fill(int index, long synced)
    {
        var first = new JournalPosition((long)index * SlabBytes);
        Slab slab = _slabs.Add(first, 100, new JournalPosition(synced));
        slab.At(first, SlabBytes).Fill(unchecked((byte)(index + 1)));
        slab.End = first + SlabBytes;
        slab.Publish(slab.End);
    }

    private bool IsIn(int index)
    {
        bool pinned = _slabs.TryPin(new JournalPosition((long)index * SlabBytes), out JournalPin pin);
        if (pinned)
        {
            pin.Dispose();
        }

        return pinned;
    }
}
