using System.Globalization;
using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Tests.Support;

/// <summary>
/// A disk in memory. What was not synced may be lost, sector by sector, when it crashes, and files whose deletion was not may be back; it can
/// be full, fail, and hold syncs back.
/// Outlives the journals opened on it; <see cref="Mount"/> gives one journal its files.
/// </summary>
internal sealed class MemoryDisk
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, MemoryFile> _files = [];
    private readonly SortedDictionary<long, MemoryFile> _deleted = [];
    private TaskCompletionSource? _held;
    private bool _mounted;

    /// <summary>Bytes that files may have in all.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Called before each write and sync; what it throws is the call's failure.</summary>
    public Action<string>? Before { get; set; }

    public int Syncs { get; private set; }

    public int Writes { get; private set; }

    public int CreationsRefused { get; private set; }

    public List<string> Aside { get; } = [];

    public IReadOnlyList<long> Numbers
    {
        get
        {
            lock (_lock)
            {
                return [.. _files.Keys];
            }
        }
    }

    public MemoryFile this[long number] => _files[number];

    /// <summary>Lets no sync finish until <see cref="ReleaseSyncs"/>.</summary>
    public void HoldSyncs() => _held = new TaskCompletionSource();

    public void ReleaseSyncs() => _held?.TrySetResult();

    public IJournalFiles Mount()
    {
        Assert.False(_mounted, "the disk is in use by another journal");
        _mounted = true;
        return new Files(this);
    }

    public void Remove(long number) => _files.Remove(number);

    public void Put(long number, byte[] content) => _files[number] = new MemoryFile(this, content);

    /// <summary>A disk with the same content, for trying something on.</summary>
    public MemoryDisk Copy()
    {
        var copy = new MemoryDisk();
        foreach ((long number, MemoryFile file) in _files)
        {
            copy.Put(number, [.. file.Content]);
        }

        return copy;
    }

    /// <summary>A disk with what could be left after a power cut: of each sector any version written since the last sync, or the synced one.</summary>
    public MemoryDisk Crash(Random random)
    {
        var after = new MemoryDisk();
        foreach ((long number, MemoryFile file) in _files)
        {
            after.Put(number, file.AfterCrash(random));
        }

        foreach ((long number, MemoryFile file) in _deleted.Where(_ => random.Next(2) == 0))
        {
            after.Put(number, file.AfterCrash(random));
        }

        return after;
    }

    internal void Count(string call)
    {
        Before?.Invoke(call);
        lock (_lock)
        {
            if (call == "sync")
            {
                Syncs++;
            }
            else
            {
                Writes++;
            }
        }

        if (call == "sync")
        {
            Assert.True(_held?.Task.Wait(TimeSpan.FromSeconds(30)) ?? true, "a sync was held back for 30 s");
        }
    }

    internal void Claim(long bytes)
    {
        lock (_lock)
        {
            if (_files.Values.Sum(file => file.Length) + bytes > Capacity)
            {
                CreationsRefused++;
                throw new DiskFullException("No space left on device (errno 28)");
            }
        }
    }

    private sealed class Files(MemoryDisk disk) : IJournalFiles
    {
        public string Directory => "memory";

        public IReadOnlyList<long> List() => disk.Numbers;

        public string PathOf(long number) => string.Create(CultureInfo.InvariantCulture, $"memory/{number}.journal");

        public IJournalFile Create(long number, long length, ReadOnlySpan<byte> header)
        {
            disk.Before?.Invoke("create");
            disk.Claim(length);
            byte[] content = new byte[length];
            header.CopyTo(content);
            lock (disk._lock)
            {
                disk._files.Add(number, new MemoryFile(disk, content));
            }

            return Open(number);
        }

        public IJournalFile Open(long number)
        {
            lock (disk._lock)
            {
                return disk._files[number];
            }
        }

        public void Delete(long number)
        {
            disk.Before?.Invoke("delete");
            lock (disk._lock)
            {
                Assert.True(disk._files.Remove(number, out MemoryFile? file));
                disk._deleted[number] = file;
            }
        }

        public string MoveAside(long number)
        {
            Delete(number);
            return CopyAside(number);
        }

        public string CopyAside(long number)
        {
            disk.Aside.Add(PathOf(number) + ".damaged");
            return disk.Aside[^1];
        }

        public void SyncDirectory()
        {
            disk.Before?.Invoke("sync directory");
            lock (disk._lock)
            {
                disk._deleted.Clear();
            }
        }

        public void Dispose() => disk._mounted = false;
    }
}
