using GrainStream.Runtime.Ports;
using GrainStream.TestKit.Contracts;
using Xunit;

namespace GrainStream.TestKit.Objects;

/// <summary>What is promised of listings and deletions.</summary>
public abstract class ObjectListingContract : ObjectPutContract
{
    [ContractFact]
    public async Task A_deleted_object_is_gone_and_its_name_free()
    {
        await Store.PutAsync("x/a", Bytes(10), null, default);
        await Store.PutAsync("x/b", Bytes(10), null, default);

        Assert.True(await Store.DeleteAsync("x/a", default));
        Assert.False(await Store.DeleteAsync("x/a", default));

        Assert.Null(await Store.ReadAsync("x/a", 0, new byte[10], default));
        Assert.Equal(["x/b"], await NamesAsync("", byFolder: false));
        await Store.PutAsync("x/a", Bytes(20), null, default);
        Assert.Equal(20, (await ReadAsync("x/a", 0, new byte[10])).ObjectLength);
    }

    [ContractFact]
    public async Task A_folder_without_objects_is_no_folder()
    {
        await Store.PutAsync("x/y/a", Bytes(10), null, default);
        await Store.PutAsync("z/a", Bytes(10), null, default);
        await Store.DeleteAsync("x/y/a", default);

        Assert.Equal(["z/"], await NamesAsync("", byFolder: true));
        Assert.Empty(await NamesAsync("x/", byFolder: true));
        Assert.Empty(await NamesAsync("x/y/", byFolder: false));
    }

    [ContractFact]
    public async Task Listings_are_in_ordinal_order_and_by_prefix()
    {
        string[] names = ["a-b", "a.b", "a/b", "a/b-c/d", "a0", "aa/b", "b", "a_b", "a/c/d/e", "0", "a/b0"];
        foreach (string name in names)
        {
            await Store.PutAsync(name, Bytes(name.Length), null, default);
        }

        Array.Sort(names, StringComparer.Ordinal);
        Assert.Equal(names, await NamesAsync("", byFolder: false));
        Assert.Equal(names.Where(name => name.StartsWith('a')), await NamesAsync("a", byFolder: false));
        Assert.Equal(["a/b", "a/b-c/d", "a/b0", "a/c/d/e"], await NamesAsync("a/", byFolder: false));
        Assert.Equal(["a/b", "a/b-c/d", "a/b0"], await NamesAsync("a/b", byFolder: false));
        Assert.Equal(["a/b-c/d"], await NamesAsync("a/b-", byFolder: false));
        Assert.Empty(await NamesAsync("c", byFolder: false));
        Assert.Empty(await NamesAsync("b/", byFolder: false));
        Assert.All(await ObjectsAsync(""), found => Assert.Equal(found.Name.Length, found.Length));
    }

    [ContractFact]
    public async Task Listings_by_folder_show_one_level()
    {
        foreach (string name in (string[])["a/1", "a/2/x", "a/2/y", "a/2.5", "a/3/z/w", "b", "c/1"])
        {
            await Store.PutAsync(name, Bytes(10), null, default);
        }

        Assert.Equal(["a/", "b", "c/"], await NamesAsync("", byFolder: true));
        Assert.Equal(["a/1", "a/2.5", "a/2/", "a/3/"], await NamesAsync("a/", byFolder: true));
        Assert.Equal(["a/2/x", "a/2/y"], await NamesAsync("a/2/", byFolder: true));
        Assert.Empty(await NamesAsync("d/", byFolder: true));
        ObjectPage page = await Store.ListAsync("a/", true, null, default);
        Assert.Equal(["a/2/", "a/3/"], page.Prefixes);
        Assert.Equal([new("a/1", 10), new("a/2.5", 10)], page.Objects);
    }

    [ContractFact]
    public async Task Long_listings_come_in_pages_each_name_once()
    {
        int count = PageSize * 2 + 1;
        string[] names = [.. Enumerable.Range(0, count).Select(i => $"t/{i:d5}{(i % 3 == 0 ? "/x" : "")}").Order(StringComparer.Ordinal)];
        foreach (string[] some in names.Chunk(16))
        {
            await Task.WhenAll(some.Select(name => Store.PutAsync(name, Bytes(1), null, default).AsTask()));
        }

        foreach (bool byFolder in (bool[])[false, true])
        {
            var seen = new List<string>();
            string? continuation = null;
            int pages = 0;
            do
            {
                ObjectPage page = await Store.ListAsync("t/", byFolder, continuation, default);
                string[] onPage = [.. page.Objects.Select(found => found.Name).Concat(page.Prefixes).Order(StringComparer.Ordinal)];
                Assert.InRange(onPage.Length, 0, PageSize);
                seen.AddRange(onPage);
                continuation = page.Continuation;
                pages++;
            }
            while (continuation is not null);

            Assert.InRange(pages, 3, int.MaxValue);
            Assert.Equal(byFolder ? [.. names.Select(name => name.EndsWith("/x", StringComparison.Ordinal) ? name[..^1] : name)] : names, seen);
        }
    }

    [ContractFact]
    public async Task What_is_deleted_while_it_is_listed_disturbs_nothing_else()
    {
        int count = PageSize * 2 + 1;
        string[] names = [.. Enumerable.Range(0, count).Select(i => $"t/{i:d5}")];
        foreach (string[] some in names.Chunk(16))
        {
            await Task.WhenAll(some.Select(name => Store.PutAsync(name, Bytes(1), null, default).AsTask()));
        }

        var seen = new List<string>();
        string? continuation = null;
        do
        {
            ObjectPage page = await Store.ListAsync("t/", false, continuation, default);
            seen.AddRange(page.Objects.Select(found => found.Name));
            await Task.WhenAll(page.Objects.Select(found => Store.DeleteAsync(found.Name, default).AsTask()));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        Assert.Equal(names, seen);
        Assert.Empty(await NamesAsync("", byFolder: false));
    }

    private async Task<IReadOnlyList<StoredObject>> ObjectsAsync(string prefix)
    {
        var objects = new List<StoredObject>();
        string? continuation = null;
        do
        {
            ObjectPage page = await Store.ListAsync(prefix, false, continuation, default);
            objects.AddRange(page.Objects);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return objects;
    }
}
