using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>What every journal does, on whatever disk.</summary>
public abstract class JournalContract
{
    private protected static readonly FileJournalOptions SmallOptions = new()
    {
        DataDirectory = "unused",
        FileBytes = 64 * 1024,
        SlabBytes = 16 * 1024,
        TailMemoryBytes = 4 * 16 * 1024,
    };

    /// <summary>Opens the same disk each time.</summary>
    private protected abstract FileJournal Open(FileJournalOptions options, IJournalReplay replay);

    [Fact]
    public async Task An_empty_directory_replays_nothing()
    {
        var replay = new RecordingReplay();
        await using FileJournal journal = Open(SmallOptions, replay);
        Assert.Empty(replay.Frames);
    }

    [Fact]
    public async Task An_append_is_reported_written_then_synced()
    {
        await using FileJournal journal = Open(SmallOptions, new RecordingReplay());
        var appender = new RecordingAppender();
        journal.Append(appender, 0, 0, 200);
        await appender.WhenSynced(1);
        Assert.Equal(["written 1", "synced 1"], appender.Calls);
        Assert.Null(appender.Violation);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(4096 - 64)]
    [InlineData(4096)]
    [InlineData(10_000)]
    public async Task What_was_appended_is_pinned_read_and_replayed_byte_for_byte(int length)
    {
        JournalPosition position;
        await using (FileJournal journal = Open(SmallOptions, new RecordingReplay()))
        {
            var appender = new RecordingAppender();
            position = journal.Append(appender, 2, 5, length);
            await appender.WhenSynced(6);

            Assert.True(journal.TryPin(position, out JournalPin pin));
            Assert.Equal(FrameHeader.SizeOf(length), pin.Memory.Length);
            Frames.AssertFrame(pin.Memory.Span, position, 2, 5, length);
            pin.Dispose();

            byte[] read = new byte[FrameHeader.SizeOf(length)];
            Assert.Equal(read.Length, await journal.ReadAsync(position, read, default));
            Frames.AssertFrame(read, position, 2, 5, length);
            Assert.Equal(0, await journal.ReadAsync(position + read.Length, read, default));
        }

        var replay = new RecordingReplay();
        await using FileJournal again = Open(SmallOptions, replay);
        replay.AssertReplayed(2, 5);
        Assert.Equal(position, replay.Frames[0].Header.Position);
        Assert.False(again.TryPin(position, out _));
    }

    [Fact]
    public async Task Frames_of_many_sizes_over_many_files_come_back_in_order_after_each_restart()
    {
        var random = new Random(1);
        long offset = 0;
        for (int run = 0; run < 4; run++)
        {
            var replay = new RecordingReplay();
            await using FileJournal journal = Open(SmallOptions, replay);
            replay.AssertReplayed(0, [.. Enumerable.Range(0, (int)offset).Select(i => (long)i)]);
            var appender = new RecordingAppender();
            for (int i = 0; i < 100; i++)
            {
                journal.Append(appender, 0, offset++, random.Next(0, 5000));
            }

            await appender.WhenSynced(offset);
            Assert.Null(appender.Violation);
        }
    }

    [Fact]
    public async Task A_frame_larger_than_a_slab_and_than_a_file_gets_room()
    {
        await using (FileJournal journal = Open(SmallOptions, new RecordingReplay()))
        {
            var appender = new RecordingAppender();
            journal.Append(appender, 0, 0, 100);
            JournalPosition large = journal.Append(appender, 0, 1, 300_000);
            journal.Append(appender, 0, 2, 100);
            await appender.WhenSynced(3);
            Assert.True(journal.TryPin(large, out JournalPin pin));
            Frames.AssertFrame(pin.Memory.Span, large, 0, 1, 300_000);
            pin.Dispose();
        }

        var replay = new RecordingReplay();
        await using FileJournal again = Open(SmallOptions, replay);
        replay.AssertReplayed(0, 0, 1, 2);
    }

    [Fact]
    public async Task Old_slabs_are_evicted_and_read_from_disk_instead()
    {
        await using FileJournal journal = Open(SmallOptions, new RecordingReplay());
        var appender = new RecordingAppender();
        var positions = new List<JournalPosition>();
        for (int i = 0; i < 200; i++)
        {
            positions.Add(journal.Append(appender, 0, i, 1000));
            await appender.WhenSynced(i + 1);
        }

        Assert.False(journal.TryPin(positions[0], out _));
        Assert.True(journal.TryPin(positions[^1], out JournalPin pin));
        pin.Dispose();
        for (int i = 0; i < positions.Count; i++)
        {
            byte[] read = new byte[FrameHeader.SizeOf(1000)];
            Assert.Equal(read.Length, await journal.ReadAsync(positions[i], read, default));
            Frames.AssertFrame(read, positions[i], 0, i, 1000);
        }
    }

    [Fact]
    public async Task A_pinned_slab_keeps_its_bytes_while_the_journal_moves_on()
    {
        await using FileJournal journal = Open(SmallOptions, new RecordingReplay());
        var appender = new RecordingAppender();
        JournalPosition first = journal.Append(appender, 0, 0, 1000);
        await appender.WhenSynced(1);
        Assert.True(journal.TryPin(first, out JournalPin pin));
        for (int i = 1; i < 200; i++)
        {
            journal.Append(appender, 0, i, 1000);
            await appender.WhenSynced(i + 1);
        }

        Assert.False(journal.TryPin(first, out _));
        Frames.AssertFrame(pin.Memory.Span, first, 0, 0, 1000);
        pin.Dispose();
        Assert.Throws<InvalidOperationException>(pin.Dispose);
    }

    [Fact]
    public async Task A_read_stops_at_the_end_of_a_file()
    {
        await using FileJournal journal = Open(SmallOptions, new RecordingReplay());
        var appender = new RecordingAppender();
        var positions = new List<JournalPosition>();
        for (int i = 0; i < 100; i++)
        {
            positions.Add(journal.Append(appender, 0, i, 1000));
        }

        await appender.WhenSynced(100);
        byte[] read = new byte[200_000];
        int count = await journal.ReadAsync(positions[0], read, default);
        Assert.Equal(SmallOptions.FileBytes - 4096, count);
        Assert.Equal(0, await journal.ReadAsync(new JournalPosition(SmallOptions.FileBytes), read, default));
    }

    [Fact]
    public async Task A_position_that_was_never_given_is_refused()
    {
        await using FileJournal journal = Open(SmallOptions, new RecordingReplay());
        await Assert.ThrowsAsync<CorruptDataException>(async () => await journal.ReadAsync(new JournalPosition(-8), new byte[64], default));
        Assert.False(journal.TryPin(new JournalPosition(-8), out _));
        Assert.False(journal.TryPin(new JournalPosition(1 << 20), out _));
    }

    [Fact]
    public async Task After_it_is_disposed_nothing_is_appended()
    {
        FileJournal journal = Open(SmallOptions, new RecordingReplay());
        await journal.DisposeAsync();
        Assert.Equal(JournalAppendStatus.Closed, journal.TryAppend(new RecordingAppender(), 0, 0, 10, out _));
        await journal.WaitForRoomAsync(1, default);
        await journal.DisposeAsync();
    }

    [Fact]
    public async Task Disposing_makes_what_was_appended_durable_first()
    {
        var appender = new RecordingAppender();
        FileJournal journal = Open(SmallOptions, new RecordingReplay());
        for (int i = 0; i < 500; i++)
        {
            journal.Append(appender, 0, i, 700);
        }

        await journal.DisposeAsync();
        Assert.Equal(500, appender.SyncedEnd.Value);
        var replay = new RecordingReplay();
        await using FileJournal again = Open(SmallOptions, replay);
        Assert.Equal(500, replay.Frames.Count);
    }

    [Fact]
    public async Task A_kind_without_payload_comes_back_with_its_offset()
    {
        var appender = new RecordingAppender();
        await using (FileJournal journal = Open(SmallOptions, new RecordingReplay()))
        {
            var append = new JournalAppend
            {
                Kind = FrameKind.LogStart,
                Partition = Frames.Partition(4),
                Epoch = new LeaderEpoch(9),
                BaseOffset = new Offset(77),
                End = new Offset(100),
                PayloadCrc = 0,
            };
            Assert.Equal(JournalAppendStatus.Appended, journal.Append(append, appender, out _));
            await appender.WhenSynced(100);
        }

        var replay = new RecordingReplay();
        await using FileJournal again = Open(SmallOptions, replay);
        FrameHeader header = Assert.Single(replay.Frames).Header;
        Assert.Equal((FrameKind.LogStart, new LeaderEpoch(9), new Offset(77)), (header.Kind, header.Epoch, header.BaseOffset));
    }

    [Fact]
    public async Task Many_threads_append_at_once_and_every_frame_comes_back_once_in_its_partitions_order()
    {
        const int Threads = 4;
        const int PerThread = 1500;
        await using (FileJournal journal = Open(SmallOptions with { MaxPendingBytes = 100_000, MaxGroupBytes = 30_000 }, new RecordingReplay()))
        {
            await Task.WhenAll(Enumerable.Range(0, Threads).Select(partition => Task.Run(async () =>
            {
                var appender = new RecordingAppender();
                var random = new Random(partition);
                for (int i = 0; i < PerThread; i++)
                {
                    int length = random.Next(8) == 0 ? random.Next(20_000) : random.Next(300);
                    await journal.WaitForRoomAsync(length, default);
                    JournalPosition position = journal.Append(appender, partition, i, length);
                    if (i % 16 == 0)
                    {
                        await appender.WhenSynced(i + 1);
                        if (journal.TryPin(position, out JournalPin pin))
                        {
                            Frames.AssertFrame(pin.Memory.Span, position, partition, i, length);
                            pin.Dispose();
                        }
                        else
                        {
                            byte[] read = new byte[FrameHeader.SizeOf(length)];
                            Assert.Equal(read.Length, await journal.ReadAsync(position, read, default));
                            Frames.AssertFrame(read, position, partition, i, length);
                        }
                    }
                }

                await appender.WhenSynced(PerThread);
                Assert.Null(appender.Violation);
            })));
        }

        var replay = new RecordingReplay();
        await using FileJournal again = Open(SmallOptions, replay);
        for (int partition = 0; partition < Threads; partition++)
        {
            replay.AssertReplayed(partition, [.. Enumerable.Range(0, PerThread).Select(i => (long)i)]);
        }
    }

    [Fact]
    public async Task Files_wholly_below_a_position_are_deleted_and_the_rest_still_replays()
    {
        var appender = new RecordingAppender();
        var positions = new List<JournalPosition>();
        await using (FileJournal journal = Open(SmallOptions, new RecordingReplay()))
        {
            for (int i = 0; i < 300; i++)
            {
                positions.Add(journal.Append(appender, 0, i, 1000));
            }

            await appender.WhenSynced(300);
            JournalPosition keep = positions[150];
            Assert.Equal(default, journal.Start);
            Assert.Equal(new JournalPosition(SmallOptions.FileBytes), journal.OldestFileEnd);
            Assert.Equal((int)(keep.Value / SmallOptions.FileBytes), await journal.TrimAsync(keep));
            JournalPosition end = journal.End;
            Assert.Equal(0, await journal.TrimAsync(keep));
            Assert.Equal(end, journal.End);
            Assert.Equal(keep.Value / SmallOptions.FileBytes * SmallOptions.FileBytes, journal.Start.Value);
            byte[] read = new byte[64];
            Assert.Equal(0, await journal.ReadAsync(positions[0], read, default));
            Assert.Equal(64, await journal.ReadAsync(keep, read, default));
        }

        var replay = new RecordingReplay();
        await using FileJournal again = Open(SmallOptions, replay);
        long first = replay.Frames[0].Header.BaseOffset.Value;
        Assert.InRange(first, 1, 150);
        replay.AssertReplayed(0, [.. Enumerable.Range((int)first, 300 - (int)first).Select(i => (long)i)]);
    }

    [Fact]
    public async Task What_is_held_stays_readable_though_it_be_trimmed()
    {
        var appender = new RecordingAppender();
        var positions = new List<JournalPosition>();
        await using FileJournal journal = Open(SmallOptions, new RecordingReplay());
        for (int i = 0; i < 300; i++)
        {
            positions.Add(journal.Append(appender, 0, i, 1000));
        }

        await appender.WhenSynced(300);
        IDisposable fromTheFirst = journal.Hold(positions[0]);
        IDisposable fromTheMiddle = journal.Hold(positions[80]);
        IDisposable fromTheEnd = journal.Hold(positions[^1]);
        Assert.True(await journal.TrimAsync(positions[^1]) >= 4);
        Assert.True(journal.Start > positions[200]);
        Assert.Equal((bool[])[true, true, true], await AreReadable(journal, positions, 0, 80, 200));
        fromTheFirst.Dispose();
        fromTheFirst.Dispose();
        Assert.Equal((bool[])[false, true, true], await AreReadable(journal, positions, 0, 80, 200));
        fromTheMiddle.Dispose();
        Assert.Equal((bool[])[false, false, false, true], await AreReadable(journal, positions, 0, 80, 200, 299));

        // Held too late: the position is gone, what is left is kept.
        using (journal.Hold(positions[0]))
        {
            Assert.Equal((bool[])[false, false, true], await AreReadable(journal, positions, 0, 80, 299));
        }

        fromTheEnd.Dispose();
    }

    [Fact]
    public async Task Files_stay_within_the_bound_as_long_as_they_are_trimmed()
    {
        FileJournalOptions options = SmallOptions with { MaxBytes = 4 * SmallOptions.FileBytes };
        var appender = new RecordingAppender();
        await using FileJournal journal = Open(options, new RecordingReplay());
        for (int i = 0; i < 1000; i++)
        {
            JournalPosition position = journal.Append(appender, 0, i, 1000);
            await appender.WhenSynced(i + 1);
            JournalUsage usage = journal.Usage;
            Assert.InRange(usage.AllocatedBytes, options.FileBytes, options.MaxBytes);
            Assert.Equal((options.MaxBytes, options.FileBytes), (usage.CapacityBytes, usage.FileBytes));
            Assert.True(usage.Start <= position && position < usage.End);
            if (position - usage.Start > 2 * options.FileBytes)
            {
                Assert.InRange(await journal.TrimAsync(position), 1, 2);
            }
        }
    }

    [Fact]
    public async Task A_journal_that_nobody_trims_goes_on_beyond_its_bound()
    {
        FileJournalOptions options = SmallOptions with { MaxBytes = 4 * SmallOptions.FileBytes };
        var appender = new RecordingAppender();
        await using FileJournal journal = Open(options, new RecordingReplay());
        for (int i = 0; i < 600; i++)
        {
            journal.Append(appender, 0, i, 1000);
        }

        await appender.WhenSynced(600);
        Assert.True(journal.Usage.AllocatedBytes > options.MaxBytes);
    }

    private static async Task<bool[]> AreReadable(FileJournal journal, List<JournalPosition> positions, params int[] indices)
    {
        bool[] readable = new bool[indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            byte[] read = new byte[FrameHeader.SizeOf(1000)];
            int count = await journal.ReadAsync(positions[indices[i]], read, default);
            readable[i] = count > 0;
            if (readable[i])
            {
                Frames.AssertFrame(read, positions[indices[i]], 0, indices[i], 1000);
            }
        }

        return readable;
    }
}
