using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Objects;
using GrainStream.TestKit;

namespace GrainStream.Storage.FileSystem.Tests.Objects;

/// <summary>
/// At each step of a change the directory is copied, as a process killed there would leave it; every copy is opened and must hold the object as it was before the change or as it is
/// after, whole, must take further changes, and must have nothing left over.
/// </summary>
public sealed class FileObjectStoreCrashTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<(string Step, string Copy)> _crashes = [];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_creation_leaves_no_object_or_all_of_it()
    {
        await using FileObjectStore store = Open("store");
        Record(store);
        await store.PutAsync("topic/0/a", new byte[1000], null, default);

        Assert.Equal(["begun", "written", "synced", "directory made", "linked", "unlinked", "directory synced"], _crashes.Select(crash => crash.Step));
        foreach ((string step, string copy) in _crashes)
        {
            bool isThere = step is "linked" or "unlinked" or "directory synced";
            await AssertHoldsAsync(copy, "topic/0/a", isThere ? 1000 : null);
        }
    }

    [Fact]
    public async Task A_replacement_leaves_the_old_object_or_the_new_one()
    {
        await using FileObjectStore store = Open("store");
        ObjectVersion version = await store.PutAsync("topic/0/a", new byte[1000], null, default);
        Record(store);
        await store.PutAsync("topic/0/a", new byte[2000], version, default);

        Assert.Equal(["begun", "written", "synced", "compared", "renamed", "directory synced"], _crashes.Select(crash => crash.Step));
        foreach ((string step, string copy) in _crashes)
        {
            await AssertHoldsAsync(copy, "topic/0/a", step is "renamed" or "directory synced" ? 2000 : 1000);
        }
    }

    [Fact]
    public async Task An_upload_leaves_no_object_or_all_of_it()
    {
        await using FileObjectStore store = Open("store");
        Record(store);
        await using (IObjectUpload upload = await store.CreateAsync("topic/0/a", default))
        {
            await upload.WriteAsync(new byte[1000], default);
            await upload.WriteAsync(new byte[500], default);
            await upload.CompleteAsync(default);
        }

        Assert.Equal(
            ["begun", "block written", "block written", "synced", "directory made", "linked", "unlinked", "directory synced"], _crashes.Select(crash => crash.Step));
        foreach ((string step, string copy) in _crashes)
        {
            await AssertHoldsAsync(copy, "topic/0/a", step is "linked" or "unlinked" or "directory synced" ? 1500 : null);
        }
    }

    [Fact]
    public async Task A_deletion_leaves_the_object_or_nothing()
    {
        await using FileObjectStore store = Open("store");
        await store.PutAsync("topic/0/a", new byte[1000], null, default);
        Record(store);
        await store.DeleteAsync("topic/0/a", default);

        (string step, string copy) = Assert.Single(_crashes);
        Assert.Equal("deleted", step);
        await AssertHoldsAsync(copy, "topic/0/a", null);
        Assert.False(Directory.Exists(_directory.Combine("store", "topic")));
    }

    [Fact]
    public async Task What_another_process_is_writing_is_not_taken_for_left_over()
    {
        await using FileObjectStore first = Open("store");
        await using IObjectUpload upload = await first.CreateAsync("a", default);
        await upload.WriteAsync(new byte[10], default);
        File.WriteAllBytes(_directory.Combine("store", ".store", "unfinished", "0123456789abcdef"), new byte[10]);

        await using FileObjectStore second = Open("store");

        Assert.Equal(1, second.AbandonedFiles);
        await upload.CompleteAsync(default);
        Assert.Equal(10, (await second.ReadAsync("a", 0, new byte[1], default))!.Value.ObjectLength);
    }

    private FileObjectStore Open(string name) => FileObjectStore.Open(new FileObjectStoreOptions { Directory = _directory.Combine(name) }, TimeProvider.System);

    private void Record(FileObjectStore store) => store.StepDone = step =>
    {
        string copy = $"crash-{_crashes.Count}";
        CopyDirectory(store.Location, _directory.Combine(copy));
        _crashes.Add((step, copy));
    };

    private async Task AssertHoldsAsync(string copy, string name, long? length)
    {
        await using FileObjectStore store = Open(copy);
        byte[] read = new byte[4000];
        ObjectRead? found = await store.ReadAsync(name, 0, read, default);
        Assert.Equal(length, found?.ObjectLength);
        Assert.Equal(length is null ? [] : [new StoredObject(name, length.Value)], (await store.ListAsync("", false, null, default)).Objects);
        Assert.Equal(length is null ? [] : ["topic/"], (await store.ListAsync("", true, null, default)).Prefixes);
        Assert.Empty(Directory.EnumerateFiles(_directory.Combine(copy, ".store", "unfinished")));

        await store.PutAsync(name, new byte[10], found?.Version, default);
        Assert.Equal(10, (await store.ReadAsync(name, 0, read, default))!.Value.ObjectLength);
        Assert.True(await store.DeleteAsync(name, default));
    }

    private static void CopyDirectory(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.EnumerateDirectories(from))
        {
            CopyDirectory(folder, Path.Combine(to, Path.GetFileName(folder)));
        }

        foreach (string file in Directory.EnumerateFiles(from))
        {
            // Not File.Copy, which respects the locks of the process that is being killed.
            string copy = Path.Combine(to, Path.GetFileName(file));
            using System.Diagnostics.Process cp = System.Diagnostics.Process.Start("cp", ["-p", file, copy]);
            cp.WaitForExit();
            Assert.Equal(0, cp.ExitCode);
        }
    }
}
