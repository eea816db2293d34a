using GrainStream.Runtime.Ports;
using GrainStream.TestKit.Contracts;
using Xunit;

namespace GrainStream.TestKit.Objects;

/// <summary>What is promised of puts and reads.</summary>
public abstract class ObjectPutContract : ObjectStoreCase
{
    [ContractFact]
    public async Task What_was_put_is_read_back()
    {
        byte[] content = Bytes(1000);
        ObjectVersion version = await Store.PutAsync("topic/0/manifest", content, null, default);
        byte[] read = new byte[2000];

        ObjectRead found = await ReadAsync("topic/0/manifest", 0, read);

        Assert.Equal(new ObjectRead(1000, 1000, version), found);
        Assert.Equal(content, read[..1000]);
    }

    [ContractFact]
    public async Task An_empty_object_is_an_object()
    {
        await Store.PutAsync("empty", default, null, default);

        Assert.Equal(0, (await ReadAsync("empty", 0, new byte[10])).Bytes);
        Assert.Equal([new StoredObject("empty", 0)], (await Store.ListAsync("", false, null, default)).Objects);
    }

    [ContractFact]
    public async Task A_missing_object_reads_as_null_and_its_deletion_says_so()
    {
        Assert.Null(await Store.ReadAsync("no/such/object", 0, new byte[10], default));
        Assert.Null(await Store.ReadAsync("no/such/object", -10, new byte[10], default));
        Assert.Null(await Store.ReadAsync("no/such/object", 0, default, default));
        Assert.False(await Store.DeleteAsync("no/such/object", default));
    }

    [ContractFact]
    public async Task A_put_without_a_version_only_creates()
    {
        await Store.PutAsync("a", Bytes(10), null, default);

        await Assert.ThrowsAsync<FencedException>(async () => await Store.PutAsync("a", Bytes(20), null, default));

        Assert.Equal(10, (await ReadAsync("a", 0, new byte[100])).ObjectLength);
    }

    [ContractFact]
    public async Task A_put_with_a_version_replaces_exactly_that_version()
    {
        ObjectVersion first = await Store.PutAsync("a", Bytes(10), null, default);
        ObjectVersion second = await Store.PutAsync("a", Bytes(20), first, default);

        await Assert.ThrowsAsync<FencedException>(async () => await Store.PutAsync("a", Bytes(30), first, default));
        ObjectVersion third = await Store.PutAsync("a", Bytes(40), second, default);

        byte[] read = new byte[100];
        Assert.Equal(new ObjectRead(40, 40, third), await ReadAsync("a", 0, read));
        Assert.Equal(Bytes(40), read[..40]);
        Assert.Equal(3, new HashSet<ObjectVersion> { first, second, third }.Count);
    }

    [ContractFact]
    public async Task A_put_with_a_version_does_not_create()
    {
        ObjectVersion version = await Store.PutAsync("a", Bytes(10), null, default);
        await Store.DeleteAsync("a", default);

        await Assert.ThrowsAsync<FencedException>(async () => await Store.PutAsync("a", Bytes(10), version, default));

        Assert.Null(await Store.ReadAsync("a", 0, new byte[10], default));
    }

    [ContractFact]
    public async Task Versions_differ_even_where_the_bytes_are_the_same()
    {
        var versions = new HashSet<ObjectVersion>();
        ObjectVersion version = await Store.PutAsync("a", Bytes(10), null, default);
        versions.Add(version);
        for (int i = 0; i < 50; i++)
        {
            version = await Store.PutAsync("a", Bytes(10), version, default);
            Assert.True(versions.Add(version));
        }

        await Store.DeleteAsync("a", default);
        Assert.True(versions.Add(await Store.PutAsync("a", Bytes(10), null, default)));
    }

    [ContractFact]
    public async Task Of_concurrent_creations_exactly_one_wins()
    {
        await using IObjectStore other = await OpenAgainAsync();
        for (int round = 0; round < 10; round++)
        {
            string name = $"race/{round}";
            bool[] won = await RaceAsync(8, i => (i % 2 == 0 ? Store : other).PutAsync(name, Bytes(100 + i), null, default).AsTask());

            int winner = Array.IndexOf(won, true);
            Assert.Equal(1, won.Count(one => one));
            Assert.Equal(100 + winner, (await ReadAsync(name, 0, new byte[1])).ObjectLength);
        }
    }

    [ContractFact]
    public async Task Of_concurrent_replacements_of_one_version_exactly_one_wins()
    {
        await using IObjectStore other = await OpenAgainAsync();
        ObjectVersion version = await Store.PutAsync("head", Bytes(10), null, default);
        for (int round = 0; round < 10; round++)
        {
            ObjectVersion expected = version;
            bool[] won = await RaceAsync(8, i => (i % 2 == 0 ? Store : other).PutAsync("head", Bytes(100 + i), expected, default).AsTask());

            Assert.Equal(1, won.Count(one => one));
            ObjectRead read = await ReadAsync("head", 0, new byte[1000]);
            Assert.Equal(100 + Array.IndexOf(won, true), read.ObjectLength);
            version = read.Version;
        }
    }

    [ContractFact]
    public async Task A_reader_sees_one_version_whole_while_it_is_being_replaced()
    {
        byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 4096 + value)];
        ObjectVersion version = await Store.PutAsync("head", Filled(0), null, default);
        using CancellationTokenSource done = new();
        Task reading = ReadWhileReplacedAsync(done.Token);
        for (byte value = 1; value <= 100; value++)
        {
            version = await Store.PutAsync("head", Filled(value), version, default);
        }

        await done.CancelAsync();
        await reading;

        async Task ReadWhileReplacedAsync(CancellationToken stop)
        {
            byte[] read = new byte[8192];
            while (!stop.IsCancellationRequested)
            {
                ObjectRead found = await ReadAsync("head", 0, read);
                Assert.Equal(found.ObjectLength, found.Bytes);
                Assert.Equal(4096 + read[0], found.Bytes);
                Assert.Equal(-1, read.AsSpan(0, found.Bytes).IndexOfAnyExcept(read[0]));
                await Task.Yield();
            }
        }
    }

    [ContractFact]
    public async Task Ranges_are_read_from_the_start_the_middle_and_the_end()
    {
        byte[] content = Bytes(10_000);
        ObjectVersion version = await Store.PutAsync("a", content, null, default);

        async Task AssertRangeAsync(long offset, int length, Range expected)
        {
            byte[] read = new byte[length];
            ObjectRead found = await ReadAsync("a", offset, read);
            byte[] part = content[expected];
            Assert.Equal(new ObjectRead(part.Length, 10_000, version), found);
            Assert.Equal(part, read[..part.Length]);
        }

        await AssertRangeAsync(0, 1, 0..1);
        await AssertRangeAsync(0, 10_000, 0..10_000);
        await AssertRangeAsync(4096, 1000, 4096..5096);
        await AssertRangeAsync(9_999, 1, 9_999..10_000);
        await AssertRangeAsync(9_000, 5_000, 9_000..10_000);
        await AssertRangeAsync(10_000, 10, 10_000..10_000);
        await AssertRangeAsync(20_000, 10, 10_000..10_000);
        await AssertRangeAsync(-1, 1, 9_999..10_000);
        await AssertRangeAsync(-100, 50, 9_900..9_950);
        await AssertRangeAsync(-100, 500, 9_900..10_000);
        await AssertRangeAsync(-10_000, 10_000, 0..10_000);
        await AssertRangeAsync(-20_000, 20_000, 0..10_000);
        await AssertRangeAsync(-20_000, 10, 0..10);
        await AssertRangeAsync(0, 0, 0..0);
        await AssertRangeAsync(-5, 0, 0..0);
    }

    [ContractFact]
    public async Task A_read_of_an_empty_object_finds_nothing_from_either_end()
    {
        ObjectVersion version = await Store.PutAsync("empty", default, null, default);

        Assert.Equal(new ObjectRead(0, 0, version), await ReadAsync("empty", 0, new byte[10]));
        Assert.Equal(new ObjectRead(0, 0, version), await ReadAsync("empty", -10, new byte[10]));
        Assert.Equal(new ObjectRead(0, 0, version), await ReadAsync("empty", 10, new byte[10]));
    }

    private static async Task<bool[]> RaceAsync(int runners, Func<int, Task> run)
    {
        return await Task.WhenAll(Enumerable.Range(0, runners).Select(async i =>
        {
            await Task.Yield();
            try
            {
                await run(i);
                return true;
            }
            catch (FencedException)
            {
                return false;
            }
        }));
    }
}
