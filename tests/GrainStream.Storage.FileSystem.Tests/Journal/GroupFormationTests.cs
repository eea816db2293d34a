using GrainStream.Core.Log;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>What goes to the disk together, and what appenders are told of it.</summary>
public sealed class GroupFormationTests
{
    [Fact]
    public async Task Everything_that_waits_goes_in_one_write_and_one_sync_and_each_appender_is_told_once()
    {
        var rig = new Rig();
        var other = new RecordingAppender();
        await using FileJournal journal = rig.Open();
        (int syncs, int writes) = (rig.Disk.Syncs, rig.Disk.Writes);
        for (int i = 0; i < 5; i++)
        {
            journal.Append(rig.Appender, 0, i, 10);
            journal.Append(other, 1, i, 10);
        }

        Assert.Empty(rig.Appender.Calls);
        Assert.True(journal.Step());
        Assert.False(journal.Step());
        Assert.Equal((1, 1), (rig.Disk.Syncs - syncs, rig.Disk.Writes - writes));
        Assert.Equal(["written 5", "synced 5"], rig.Appender.Calls);
        Assert.Equal(["written 5", "synced 5"], other.Calls);
    }

    [Fact]
    public async Task A_group_is_closed_at_its_byte_limit()
    {
        var rig = new Rig { Options = Rig.SmallOptions with { MaxGroupBytes = 2000 } };
        await using FileJournal journal = rig.Open();
        for (int i = 0; i < 6; i++)
        {
            journal.Append(rig.Appender, 0, i, 1000);
        }

        Assert.True(journal.Step());
        Assert.Equal(2, rig.Appender.SyncedEnd.Value);
        Assert.True(journal.Step());
        Assert.True(journal.Step());
        Assert.False(journal.Step());
        Assert.Equal(6, rig.Appender.SyncedEnd.Value);
    }

    [Fact]
    public async Task A_file_is_synced_before_the_next_is_written_to()
    {
        var rig = new Rig();
        await using FileJournal journal = rig.Open();
        var calls = new List<string>();
        rig.Disk.Before = call =>
        {
            if (call != "create" && calls.LastOrDefault() != call)
            {
                calls.Add(call);
            }
        };
        for (int i = 0; i < 30; i++)
        {
            journal.Append(rig.Appender, 0, i, 1000);
        }

        while (journal.Step())
        {
        }

        Assert.Equal(["write", "sync", "write", "sync"], calls);
        Assert.Equal([1, 2, 3], rig.Disk.Numbers);
    }

    [Fact]
    public async Task While_a_sync_is_under_way_appends_gather_in_the_next_group()
    {
        var rig = new Rig();
        await using FileJournal journal = rig.Open(stepped: false);
        rig.Disk.HoldSyncs();
        journal.Append(rig.Appender, 0, 0, 10);
        await rig.Appender.WhenWritten(1);
        int syncs = rig.Disk.Syncs;
        for (int i = 1; i < 100; i++)
        {
            journal.Append(rig.Appender, 0, i, 10);
        }

        Assert.Equal(0, rig.Appender.SyncedEnd.Value);
        rig.Disk.ReleaseSyncs();
        await rig.Appender.WhenSynced(100);
        Assert.Equal(1, rig.Disk.Syncs - syncs);
        Assert.Equal(["written 1", "synced 1", "written 100", "synced 100"], rig.Appender.Calls);
        Assert.Null(rig.Appender.Violation);
    }

    [Fact]
    public async Task A_slow_appender_does_not_keep_the_disk_waiting()
    {
        var rig = new Rig();
        await using FileJournal journal = rig.Open(stepped: false);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leave = new TaskCompletionSource();
        var synced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Disk.HoldSyncs();
        rig.Appender.OnSynced = _ =>
        {
            entered.TrySetResult();
            Assert.True(leave.Task.Wait(TimeSpan.FromSeconds(30)));
        };
        journal.Append(rig.Appender, 0, 0, 10);
        await rig.Appender.WhenWritten(1);
        var other = new RecordingAppender();
        JournalPosition second = journal.Append(other, 1, 0, 10);
        rig.Disk.Before = call =>
        {
            if (call == "sync")
            {
                synced.TrySetResult();
            }
        };

        // The second group waits, so the first one's callbacks run elsewhere, and the second is written and synced meanwhile.
        rig.Disk.ReleaseSyncs();
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await synced.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(journal.TryPin(second, out JournalPin pin));
        pin.Dispose();
        Assert.Empty(other.Calls);
        leave.SetResult();
        await other.WhenSynced(1);
    }

    [Fact]
    public async Task An_appender_may_append_from_its_callback()
    {
        var rig = new Rig();
        await using FileJournal journal = rig.Open(stepped: false);
        rig.Appender.OnSynced = end =>
        {
            if (end.Value < 50)
            {
                journal.Append(rig.Appender, 0, end.Value, 10);
            }
        };
        journal.Append(rig.Appender, 0, 0, 10);
        await rig.Appender.WhenSynced(50);
    }

    [Fact]
    public async Task An_appender_that_throws_does_not_keep_others_from_being_told()
    {
        var rig = new Rig();
        var other = new RecordingAppender();
        await using FileJournal journal = rig.Open();
        rig.Appender.OnWritten = _ => throw new InvalidOperationException("not nice");
        journal.Append(rig.Appender, 0, 0, 10);
        journal.Append(other, 1, 0, 10);
        journal.Step();
        Assert.Equal(1, other.SyncedEnd.Value);
        Assert.Contains(rig.Log.Lines, line => line.Id == 2008);
    }

    [Fact]
    public async Task Frames_are_lent_once_they_were_handed_to_the_disk_and_not_before()
    {
        var rig = new Rig();
        await using FileJournal journal = rig.Open();
        JournalPosition first = journal.Append(rig.Appender, 0, 0, 100);
        Assert.False(journal.TryPin(first, out _));
        journal.Step();
        JournalPosition second = journal.Append(rig.Appender, 0, 1, 100);
        Assert.True(journal.TryPin(first, out JournalPin pin));
        Assert.Equal(second - first, pin.Memory.Length);
        pin.Dispose();
    }
}
