using System.Diagnostics;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;
using Microsoft.Extensions.Logging;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>The directory a journal lives in, and what is said when it cannot.</summary>
public sealed class DataDirectoryTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly CapturingLogger _log = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_directory_that_is_missing_is_made()
    {
        await using FileJournal journal = Open(Path.Combine(_directory.Path, "a", "b"));
        Assert.True(File.Exists(Path.Combine(_directory.Path, "a", "b", "journal", "00000000000000000001.journal")));
    }

    [Fact]
    public async Task A_directory_in_use_is_refused_and_free_again_afterwards()
    {
        await using (FileJournal journal = Open(_directory.Path))
        {
            StorageUnavailableException error = Assert.Throws<StorageUnavailableException>(() => Open(_directory.Path));
            Assert.Contains($"'{_directory.Path}' is in use by another process", error.Message, StringComparison.Ordinal);
            Assert.Contains("set GrainStream:DataDirectory", error.Message, StringComparison.Ordinal);
        }

        await using FileJournal again = Open(_directory.Path);
    }

    [FactWhere(Needs.Flock)]
    public async Task A_lock_held_by_another_process_is_respected_and_ends_with_it()
    {
        string lockFile = Path.Combine(_directory.Path, "LOCK");
        using Process other = Process.Start(new ProcessStartInfo("/usr/bin/flock", [lockFile, "sh", "-c", "echo locked; read line"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        Assert.Equal("locked", await other.StandardOutput.ReadLineAsync());
        Assert.Throws<StorageUnavailableException>(() => Open(_directory.Path));
        await other.StandardInput.WriteLineAsync();
        await other.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await using FileJournal journal = Open(_directory.Path);
    }

    [Fact]
    public async Task A_file_in_place_of_the_directory_is_refused_with_what_to_do()
    {
        string path = Path.Combine(_directory.Path, "file");
        await File.WriteAllTextAsync(path, "");
        StorageUnavailableException error = Assert.Throws<StorageUnavailableException>(() => Open(path));
        Assert.Contains($"'{path}' cannot be used", error.Message, StringComparison.Ordinal);
    }

    [FactWhere(Needs.Linux)]
    public void A_directory_that_cannot_be_written_to_is_refused_with_what_to_do()
    {
        // Not even root can make files here.
        StorageUnavailableException error = Assert.Throws<StorageUnavailableException>(() => Open("/proc/sys"));
        Assert.Contains("'/proc/sys' cannot be used", error.Message, StringComparison.Ordinal);
        Assert.Contains("Make it a directory that this user may write to", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_unfinished_file_left_behind_is_removed()
    {
        await using (FileJournal journal = Open(_directory.Path))
        {
        }

        string unfinished = Path.Combine(_directory.Path, "journal", "00000000000000000003.journal.new");
        await File.WriteAllTextAsync(unfinished, "half");
        await using FileJournal again = Open(_directory.Path);
        Assert.False(File.Exists(unfinished));
    }

    [Fact]
    public async Task Accepted_damage_keeps_the_damaged_files_beside_the_journal()
    {
        await using (FileJournal journal = Open(_directory.Path))
        {
            var appender = new RecordingAppender();
            for (int i = 0; i < 100; i++)
            {
                journal.Append(appender, 0, i, 1000);
            }
        }

        string first = Path.Combine(_directory.Path, "journal", "00000000000000000001.journal");
        byte[] bytes = await File.ReadAllBytesAsync(first);
        bytes[10_000] ^= 1;
        await File.WriteAllBytesAsync(first, bytes);
        Assert.Throws<CorruptDataException>(() => Open(_directory.Path));
        for (int run = 0; run < 2; run++)
        {
            var replay = new RecordingReplay();
            await using FileJournal journal = Open(_directory.Path, replay, acceptDamage: run == 0);
            replay.AssertReplayed(0, 0, 1, 2, 3, 4);
        }

        Assert.Equal(bytes, await File.ReadAllBytesAsync(first + ".damaged"));
        Assert.True(File.Exists(Path.Combine(_directory.Path, "journal", "00000000000000000002.journal.damaged")));
        Assert.Single(_log.Lines, line => line.Level == LogLevel.Critical);
    }

    [FactWhere(Needs.Mounting)]
    public async Task On_a_file_system_that_is_full_appends_are_refused_until_there_is_room()
    {
        using SmallFileSystem small = SmallFileSystem.TryMount(megabytes: 1)!;
        var time = new ManualTime();
        string filler = Path.Combine(small.Path, "filler");
        await File.WriteAllBytesAsync(filler, new byte[600 * 1024]);
        var appender = new RecordingAppender();
        int taken = 0;
        await using (FileJournal journal = Open(small.Path, time: time))
        {
            while (journal.TryAppend(appender, 0, taken, 1000, out _) == JournalAppendStatus.Appended)
            {
                Assert.True(++taken < 1000, "1 MB cannot hold this much");
            }

            Assert.Contains(_log.Lines, line => line.Id == 2005 && line.Text.Contains("fallocate", StringComparison.Ordinal));
            File.Delete(filler);
            time.Advance(TimeSpan.FromSeconds(1));
            for (int i = 0; i < 100; i++)
            {
                journal.Append(appender, 0, taken++, 1000);
            }
        }

        var replay = new RecordingReplay();
        await using FileJournal again = Open(small.Path, replay);
        Assert.Equal(taken, replay.Frames.Count);
    }

    private FileJournal Open(string path, IJournalReplay? replay = null, bool acceptDamage = false, TimeProvider? time = null)
    {
        var options = new FileJournalOptions { DataDirectory = path, FileBytes = 64 * 1024, AcceptDamage = acceptDamage };
        return FileJournal.Open(options, replay ?? new RecordingReplay(), time ?? TimeProvider.System, _log);
    }
}
