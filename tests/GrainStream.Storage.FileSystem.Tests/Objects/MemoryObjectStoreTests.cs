using GrainStream.TestKit.Objects;

namespace GrainStream.Storage.FileSystem.Tests.Objects;

public sealed class MemoryObjectStoreTests
{
    [Fact]
    public async Task A_clone_goes_its_own_way()
    {
        MemoryObjectStore store = new();
        var version = await store.PutAsync("a", new byte[] { 1 }, null, default);
        MemoryObjectStore clone = store.Clone();

        await store.PutAsync("a", new byte[] { 2 }, version, default);
        await store.PutAsync("b", new byte[] { 3 }, null, default);
        await clone.PutAsync("a", new byte[] { 4 }, version, default);

        Assert.Equal([2], store.ContentOf("a"));
        Assert.Equal([4], clone.ContentOf("a"));
        Assert.Equal(["a", "b"], store.Names);
        Assert.Equal(["a"], clone.Names);
    }

    [Fact]
    public async Task Damage_changes_bytes_and_no_version()
    {
        MemoryObjectStore store = new();
        var version = await store.PutAsync("a", new byte[] { 1, 2 }, null, default);
        MemoryObjectStore before = store.Clone();

        store.Tamper("a", content => [.. content, 9]);

        byte[] read = new byte[3];
        Assert.Equal(version, (await store.ReadAsync("a", 0, read, default))!.Value.Version);
        Assert.Equal([1, 2, 9], read);
        Assert.Equal([1, 2], before.ContentOf("a"));
        Assert.Null(store.ContentOf("b"));
        Assert.Equal(1, store.Count);
    }
}
