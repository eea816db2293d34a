using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Objects;
using GrainStream.Storage.FileSystem.Tests.Support;
using GrainStream.TestKit;

namespace GrainStream.Storage.FileSystem.Tests.Objects;

public sealed class FileObjectStoreTests : IDisposable
{
    private const int Large = 200_000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_object_is_a_plain_file_of_its_name()
    {
        await using FileObjectStore store = Open();
        await store.PutAsync("topic/0/a.segment", new byte[] { 1, 2, 3 }, null, default);

        Assert.Equal([1, 2, 3], File.ReadAllBytes(_directory.Combine("objects", "topic", "0", "a.segment")));
        Assert.Equal(_directory.Combine("objects"), store.Location);
    }

    [Fact]
    public async Task A_large_object_that_is_open_is_noticed_to_be_deleted_or_replaced_by_another_process()
    {
        await using FileObjectStore store = Open();
        await using FileObjectStore other = Open();
        byte[] read = new byte[10];
        await store.PutAsync("a", new byte[Large], null, default);
        await store.ReadAsync("a", 0, read, default);

        await other.DeleteAsync("a", default);
        Assert.Null(await store.ReadAsync("a", 0, read, default));

        ObjectVersion version = await other.PutAsync("a", new byte[Large + 1], null, default);
        Assert.Equal(Large + 1, (await store.ReadAsync("a", 0, read, default))!.Value.ObjectLength);
        version = await other.PutAsync("a", new byte[Large + 2], version, default);
        Assert.Equal(new ObjectRead(10, Large + 2, version), (await store.ReadAsync("a", 0, read, default))!.Value);
    }

    [FactWhere(Needs.Linux)]
    public async Task No_more_objects_stay_open_than_allowed()
    {
        await using FileObjectStore store = FileObjectStore.Open(
            new FileObjectStoreOptions { Directory = _directory.Combine("objects"), OpenFiles = 3 }, TimeProvider.System);
        for (int i = 0; i < 20; i++)
        {
            await store.PutAsync($"a{i}", new byte[Large], null, default);
            await store.ReadAsync($"a{i}", 0, new byte[10], default);
        }

        int open = Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Count(link => (File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName ?? "").StartsWith(_directory.Combine("objects", "a"), StringComparison.Ordinal));
        Assert.Equal(3, open);
    }

    [Fact]
    public async Task A_clock_that_goes_back_gives_no_version_twice()
    {
        SettableClock clock = new() { Now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        await using FileObjectStore store = Open(clock);
        HashSet<ObjectVersion> versions = [];
        ObjectVersion version = await store.PutAsync("a", new byte[1], null, default);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(versions.Add(version));
            clock.Now -= TimeSpan.FromHours(1);
            await using FileObjectStore restarted = Open(clock);
            version = await restarted.PutAsync("a", new byte[1], version, default);
        }
    }

    [Fact]
    public async Task A_put_that_is_fenced_leaves_nothing_behind()
    {
        await using FileObjectStore store = Open();
        await store.PutAsync("a", new byte[1], null, default);
        await Assert.ThrowsAsync<FencedException>(async () => await store.PutAsync("a", new byte[1], null, default));
        await Assert.ThrowsAsync<FencedException>(async () => await store.PutAsync("a", new byte[1], new ObjectVersion("1-1"), default));

        Assert.Empty(Directory.EnumerateFiles(_directory.Combine("objects", ".store", "unfinished")));
    }

    [FactWhere(Needs.Mounting)]
    public async Task A_full_file_system_is_unavailable_and_says_where_and_what_to_do()
    {
        using SmallFileSystem small = SmallFileSystem.TryMount(megabytes: 1)!;
        await using FileObjectStore store = FileObjectStore.Open(new FileObjectStoreOptions { Directory = small.Path }, TimeProvider.System);

        StorageUnavailableException error = await Assert.ThrowsAsync<StorageUnavailableException>(async () => await store.PutAsync("a", new byte[2 << 20], null, default));
        Assert.Contains(Path.Combine(small.Path, "a"), error.Message, StringComparison.Ordinal);
        Assert.Contains("Make room", error.Message, StringComparison.Ordinal);

        await using (IObjectUpload upload = await store.CreateAsync("b", default))
        {
            await Assert.ThrowsAsync<StorageUnavailableException>(async () => await upload.WriteAsync(new byte[2 << 20], default));
        }

        await store.PutAsync("a", new byte[100_000], null, default);
    }

    [Fact]
    public void A_directory_that_cannot_be_one_is_unavailable_and_says_so()
    {
        File.WriteAllText(_directory.Combine("file"), "");
        StorageUnavailableException error = Assert.Throws<StorageUnavailableException>(
            () => FileObjectStore.Open(new FileObjectStoreOptions { Directory = _directory.Combine("file", "objects") }, TimeProvider.System));
        Assert.Contains(_directory.Combine("file", "objects"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_something_cut_reads_as_what_is_left()
    {
        await using FileObjectStore store = Open();
        await store.PutAsync("a", new byte[Large], null, default);
        await store.ReadAsync("a", 0, new byte[1], default);
        using (FileStream file = new(_directory.Combine("objects", "a"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.SetLength(100);
        }

        Assert.Equal(100, (await store.ReadAsync("a", 0, new byte[Large], default))!.Value.Bytes);
    }

    [Fact]
    public async Task A_folder_of_many_files_is_listed_page_by_page()
    {
        const int Count = 5000;
        await using FileObjectStore store = Open();
        string folder = Directory.CreateDirectory(_directory.Combine("objects", "t")).FullName;
        for (int i = 0; i < Count; i++)
        {
            File.WriteAllBytes(Path.Combine(folder, $"{i:d6}"), []);
        }

        List<string> names = [];
        string? continuation = null;
        do
        {
            ObjectPage page = await store.ListAsync("t/", false, continuation, default);
            names.AddRange(page.Objects.Select(found => found.Name));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"t/{i:d6}"), names);
    }

    private FileObjectStore Open(TimeProvider? time = null) =>
        FileObjectStore.Open(new FileObjectStoreOptions { Directory = _directory.Combine("objects") }, time ?? TimeProvider.System);

    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
