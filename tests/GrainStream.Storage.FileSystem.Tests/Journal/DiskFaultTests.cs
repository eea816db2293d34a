using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;
using Microsoft.Extensions.Logging;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>A full disk passes; a failed write or sync is final.</summary>
public sealed class DiskFaultTests
{
    [Fact]
    public async Task With_the_disk_full_appends_are_refused_reads_go_on_and_it_recovers_when_space_returns()
    {
        var rig = new Rig();
        await using (FileJournal journal = rig.Open())
        {
            rig.Disk.Capacity = 0;
            int taken = FillUntilRefused(journal, rig, 0);
            while (journal.Step())
            {
            }

            Assert.Equal(taken, rig.Appender.SyncedEnd.Value);
            byte[] read = new byte[100];
            Assert.Equal(100, await journal.ReadAsync(new(4096), read, default));
            (LogLevel _, EventId _, string text) = Assert.Single(rig.Log.Lines, line => line.Level == LogLevel.Warning);
            Assert.Contains("No space left on device", text, StringComparison.Ordinal);

            // Tried again at most once a second, however many appends ask.
            int tried = rig.Disk.CreationsRefused;
            for (int i = 0; i < 10; i++)
            {
                Assert.Equal(JournalAppendStatus.NoSpace, journal.TryAppend(rig.Appender, 0, taken, 1000, out _));
            }

            Assert.Equal(tried, rig.Disk.CreationsRefused);
            rig.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(JournalAppendStatus.NoSpace, journal.TryAppend(rig.Appender, 0, taken, 1000, out _));
            Assert.Equal(tried + 1, rig.Disk.CreationsRefused);

            rig.Disk.Capacity = long.MaxValue;
            rig.Time.Advance(TimeSpan.FromSeconds(1));
            journal.Append(rig.Appender, 0, taken, 1000);
            Assert.Contains(rig.Log.Lines, line => line.Id == 2006);
            while (journal.Step())
            {
            }

            Assert.Equal(taken + 1, rig.Appender.SyncedEnd.Value);
        }

        var after = new Rig { Disk = rig.Disk };
        await using FileJournal again = after.Open();
        Assert.Equal(rig.Appender.SyncedEnd.Value, after.Replay.Frames.Count);
    }

    [Fact]
    public async Task With_the_disk_full_the_end_of_the_file_is_kept_for_the_frames_that_give_space_back()
    {
        var rig = new Rig();
        await using FileJournal journal = rig.Open();
        rig.Disk.Capacity = 0;
        int taken = FillUntilRefused(journal, rig, 0);
        Assert.Equal(JournalAppendStatus.NoSpace, journal.TryAppend(rig.Appender, 0, taken, 5000, out _));
        Assert.Equal(JournalAppendStatus.NoSpace, journal.TryAppend(rig.Appender, 0, taken, 1, out _));
        Assert.Equal(JournalAppendStatus.Appended, journal.TryAppend(rig.Appender, 0, taken, 1000, out _, FrameKind.Checkpoint));
        Assert.True(journal.Step());
    }

    [Fact]
    public async Task A_frame_too_large_for_the_disk_is_refused_and_smaller_ones_go_on()
    {
        var rig = new Rig();
        await using FileJournal journal = rig.Open();
        rig.Disk.Capacity = 200_000;
        Assert.Equal(JournalAppendStatus.NoSpace, journal.TryAppend(rig.Appender, 0, 0, 1_000_000, out _));
        journal.Append(rig.Appender, 0, 0, 100);
        Assert.True(journal.Step());
    }

    [Fact]
    public void A_first_file_without_room_says_what_to_do()
    {
        var rig = new Rig();
        rig.Disk.Capacity = 1000;
        StorageUnavailableException error = Assert.Throws<StorageUnavailableException>(() => rig.Open());
        Assert.Contains("GrainStream:Journal:FileBytes", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("write")]
    [InlineData("sync")]
    public async Task A_failed_write_or_sync_is_final(string failing)
    {
        var rig = new Rig();
        var other = new RecordingAppender();
        FileJournal journal = rig.Open();
        journal.Append(rig.Appender, 0, 0, 100);
        journal.Step();
        bool failed = false;
        rig.Disk.Before = call =>
        {
            if (call == failing && !failed)
            {
                failed = true;
                throw new IOException("Input/output error (errno 5)");
            }
        };
        journal.Append(rig.Appender, 0, 1, 100);
        journal.Step();
        Exception cause = await journal.Failure.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.IsType<StorageUnavailableException>(cause);
        Assert.Contains("Input/output error", cause.Message, StringComparison.Ordinal);
        await rig.Appender.WhenFailed();
        Assert.Equal(1, rig.Appender.SyncedEnd.Value);
        Assert.Equal(JournalAppendStatus.Closed, journal.TryAppend(other, 0, 2, 100, out _));
        Assert.Single(rig.Log.Lines, line => line.Level == LogLevel.Critical);
        (int syncs, int writes) = (rig.Disk.Syncs, rig.Disk.Writes);
        await journal.DisposeAsync();
        Assert.Equal((syncs, writes), (rig.Disk.Syncs, rig.Disk.Writes));
        Assert.Null(rig.Appender.Violation);
    }

    [Fact]
    public async Task When_it_fails_everybody_who_waits_is_told_once_and_nobody_is_kept_waiting_for_room()
    {
        var rig = new Rig { Options = Rig.SmallOptions with { MaxPendingBytes = 1000, MaxGroupBytes = 1 } };
        var other = new RecordingAppender();
        await using FileJournal journal = rig.Open();
        for (int i = 0; i < 5; i++)
        {
            journal.Append(rig.Appender, 0, i, 100);
            journal.Append(other, 1, i, 100);
        }

        Task waiting = journal.WaitForRoomAsync(100, default).AsTask();
        Assert.False(waiting.IsCompleted);
        rig.Disk.Before = call => throw new IOException("Input/output error (errno 5)");
        while (journal.Step())
        {
        }

        await rig.Appender.WhenFailed();
        await other.WhenFailed();
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["failed"], rig.Appender.Calls);
        Assert.Equal(["failed"], other.Calls);
    }

    private static int FillUntilRefused(FileJournal journal, Rig rig, int offset)
    {
        while (journal.TryAppend(rig.Appender, 0, offset, 1000, out _) == JournalAppendStatus.Appended)
        {
            offset++;
            journal.Step();
        }

        return offset;
    }
}
