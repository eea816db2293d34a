using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tests;

/// <summary>A partition on a journal of small files, of which the oldest is to be freed.</summary>
public sealed class CheckpointTests : IDisposable
{
    private const int FileBytes = 1024;
    private readonly PartitionFixture _fixture = new(new HandDrivenJournal { FileBytes = FileBytes, IsSplit = true });

    private HandDrivenJournal Journal => _fixture.Journal;

    private Partition Partition => _fixture.Partition;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_partition_needs_nothing_of_the_old_file_once_its_checkpoint_is_synced()
    {
        string[] expected = Fill(files: 3);
        JournalPosition below = Journal.OldestFileEnd;
        TailRun[] before = Partition.Log.Index.Runs();
        CheckpointInput input = _fixture.Checkpoint(below, RunsBelow(below));

        // Not yet: a crash now would need the old file, and readers must not be sent where nothing is written.
        Assert.Equal(0, Partition.OldestPosition?.Value);
        Assert.Equal(before, Partition.Log.Index.Runs());
        Assert.False(input.Completion.IsCompleted);
        Assert.Equal(expected, await _fixture.ValuesAsync(0));

        Journal.Sync();
        Assert.Equal(ErrorCode.None, await input.Completion);
        Assert.True(Partition.OldestPosition >= below);
        Assert.Equal(1, Journal.Trim(Partition.OldestPosition!.Value));
        Assert.Equal(expected, await _fixture.ValuesAsync(0));
        Assert.Equal(expected, await _fixture.ValuesAsync(_fixture.Replayed()));
        Journal.EvictedBelow = long.MaxValue;
        Assert.Equal(expected, await _fixture.ValuesAsync(0));
    }

    [Fact]
    public async Task Batches_appended_while_the_checkpoint_is_not_synced_are_kept()
    {
        string[] expected = Fill(files: 2);
        JournalPosition below = Journal.OldestFileEnd;
        CheckpointInput input = _fixture.Checkpoint(below, RunsBelow(below));
        _fixture.Append("after");
        Journal.Sync();
        _fixture.Append("later");
        Journal.Sync();
        Assert.Equal(ErrorCode.None, await input.Completion);
        Journal.Trim(Partition.OldestPosition!.Value);
        expected = [.. expected, $"{expected.Length}:after", $"{expected.Length + 1}:later"];
        Assert.Equal(expected, await _fixture.ValuesAsync(0));
        Assert.Equal(expected, await _fixture.ValuesAsync(_fixture.Replayed()));
    }

    [Fact]
    public async Task File_after_file_can_be_freed_by_copying_again()
    {
        string[] expected = Fill(files: 3);
        for (int round = 0; round < 20; round++)
        {
            JournalPosition below = Journal.OldestFileEnd;
            CheckpointInput input = _fixture.Checkpoint(below, RunsBelow(below));
            _fixture.Append($"round {round}");
            Journal.Sync();
            expected = [.. expected, $"{expected.Length}:round {round}"];
            Assert.Equal(ErrorCode.None, await input.Completion);
            Assert.Equal(1, Journal.Trim(below));
            Assert.True(Partition.OldestPosition >= Journal.Start);
            Assert.Equal(expected, await _fixture.ValuesAsync(0));
            Assert.Equal(expected, await _fixture.ValuesAsync(_fixture.Replayed()));
        }
    }

    [Fact]
    public async Task What_is_tiered_is_let_go_instead_of_copied()
    {
        string[] expected = Fill(files: 3);
        JournalPosition below = Journal.OldestFileEnd;
        RunToCopy[] runs = RunsBelow(below);
        Tier(2);
        int frames = Journal.Frames.Count;
        CheckpointInput input = _fixture.Checkpoint(below, runs);
        Journal.Sync();
        Assert.Equal(ErrorCode.None, await input.Completion);
        long first = Journal.Frames.Skip(frames).First(frame => frame.Kind == FrameKind.BatchCopy).BaseOffset.Value;
        Assert.Equal((2L, 2L), (first, Partition.Log.Index.FirstOffset?.Value));
        Journal.Trim(below);
        Assert.Equal(expected[2..], await _fixture.ValuesAsync(2));
        Partition replayed = _fixture.Replayed();
        Assert.Equal((2L, 0L), (replayed.Log.TieredEnd.Value, replayed.Log.LogStartOffset.Value));
        Assert.Equal(expected[2..], await _fixture.ValuesAsync(replayed, 2));
    }

    [Fact]
    public async Task What_is_tiered_but_lies_in_later_files_stays_readable_from_the_journal()
    {
        string[] expected = Fill(files: 3);
        JournalPosition below = Journal.OldestFileEnd;
        Tier(Partition.Log.LogEndOffset.Value);
        CheckpointInput input = _fixture.Checkpoint(below);
        Journal.Sync();
        Assert.Equal(ErrorCode.None, await input.Completion);
        long first = Partition.Log.Index.FirstOffset!.Value.Value;
        Assert.InRange(first, 1, expected.Length - 1);
        Assert.Equal(expected[(int)first..], await _fixture.ValuesAsync(first));
        Assert.True(Partition.OldestPosition >= below);
    }

    [Fact]
    public async Task A_partition_without_a_tail_writes_a_checkpoint_of_128_bytes()
    {
        _fixture.Append("a");
        Journal.Sync();
        Tier(1);
        CheckpointInput input = _fixture.Checkpoint(Journal.End);
        Journal.Sync();
        Assert.Equal(ErrorCode.None, await input.Completion);
        Assert.Equal((FrameKind.Checkpoint, 128), (Journal.Frames[^1].Kind, Journal.Frames[^1].TotalSize));
        Assert.Equal(Journal.Frames[^1].Position, Partition.OldestPosition);
        _fixture.Append("b");
        Journal.Sync();
        Assert.Equal(["1:b"], await _fixture.ValuesAsync(1));
    }

    [Fact]
    public async Task A_run_that_has_grown_since_it_was_read_stays_where_it_is()
    {
        _fixture.Append("a");
        Journal.Sync();
        RunToCopy[] runs = RunsBelow(Journal.End);
        _fixture.Append("b");
        CheckpointInput input = _fixture.Checkpoint(Journal.End, runs);
        Journal.Sync();
        Assert.Equal(ErrorCode.None, await input.Completion);
        Assert.DoesNotContain(Journal.Frames, frame => frame.Kind == FrameKind.BatchCopy);
        Assert.Equal(0, Partition.OldestPosition?.Value);
        Assert.Equal(["0:a", "1:b"], await _fixture.ValuesAsync(_fixture.Replayed()));
    }

    [Fact]
    public async Task Bytes_that_are_not_the_run_s_are_not_written()
    {
        string[] expected = Fill(files: 2);
        RunToCopy[] runs = RunsBelow(Journal.OldestFileEnd);
        byte[] damaged = runs[0].Batches.ToArray();
        damaged[^1] ^= 1;
        byte[] cut = runs[0].Batches[..^1].ToArray();
        foreach (byte[] batches in new[] { damaged, cut, [] })
        {
            CheckpointInput input = _fixture.Checkpoint(Journal.OldestFileEnd, runs[0] with { Batches = batches });
            Journal.Sync();
            Assert.Equal(ErrorCode.None, await input.Completion);
        }

        Assert.DoesNotContain(Journal.Frames, frame => frame.Kind == FrameKind.BatchCopy);
        Assert.Equal(0, Partition.OldestPosition?.Value);
        Assert.Equal(expected, await _fixture.ValuesAsync(_fixture.Replayed()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Copies_without_a_checkpoint_mean_nothing(int appended)
    {
        string[] expected = Fill(files: 2);
        Journal.RefuseAfter = appended;
        CheckpointInput input = _fixture.Checkpoint(Journal.OldestFileEnd, RunsBelow(Journal.OldestFileEnd));
        Assert.Equal(ErrorCode.KafkaStorageError, await input.Completion);
        Assert.Equal(0, Partition.OldestPosition?.Value);
        Journal.RefuseAfter = null;
        Journal.Status = JournalAppendStatus.Appended;
        _fixture.Append("after");
        Journal.Sync();
        expected = [.. expected, $"{expected.Length}:after"];
        Assert.Equal(expected, await _fixture.ValuesAsync(0));
        Assert.Equal(expected, await _fixture.ValuesAsync(_fixture.Replayed()));

        // It goes well the next time.
        input = _fixture.Checkpoint(Journal.OldestFileEnd, RunsBelow(Journal.OldestFileEnd));
        Journal.Sync();
        Assert.Equal(ErrorCode.None, await input.Completion);
        Assert.Equal(1, Journal.Trim(Partition.OldestPosition!.Value));
        Assert.Equal(expected, await _fixture.ValuesAsync(_fixture.Replayed()));
    }

    [Fact]
    public async Task A_crash_before_the_checkpoint_is_synced_leaves_the_partition_as_it_was()
    {
        string[] expected = Fill(files: 2);
        int synced = Journal.Frames.Count;
        _fixture.Checkpoint(Journal.OldestFileEnd, RunsBelow(Journal.OldestFileEnd));
        for (int frames = Journal.Frames.Count; frames >= synced; frames--)
        {
            Journal.CrashTo(frames);
            Partition replayed = _fixture.Replayed();
            Assert.Equal(expected, await _fixture.ValuesAsync(replayed));
        }
    }

    [Fact]
    public async Task One_checkpoint_waits_for_its_sync_at_a_time()
    {
        Fill(files: 2);
        CheckpointInput first = _fixture.Checkpoint(Journal.OldestFileEnd);
        Assert.Equal(ErrorCode.KafkaStorageError, await _fixture.Checkpoint(Journal.OldestFileEnd).Completion);
        Journal.Sync();
        Assert.Equal(ErrorCode.None, await first.Completion);
        CheckpointInput next = _fixture.Checkpoint(Journal.OldestFileEnd);
        Journal.Sync();
        Assert.Equal(ErrorCode.None, await next.Completion);
    }

    [Fact]
    public async Task A_partition_that_stops_answers_who_waits_for_its_checkpoint()
    {
        Fill(files: 2);
        CheckpointInput input = _fixture.Checkpoint(Journal.OldestFileEnd);
        Partition.Post(new StopInput(PartitionStatus.Deleted));
        Journal.Sync();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await input.Completion);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await _fixture.Checkpoint(Journal.OldestFileEnd).Completion);
    }

    [Fact]
    public async Task A_failed_journal_answers_who_waits_for_a_checkpoint_or_a_tiered_end()
    {
        Fill(files: 2);
        CheckpointInput checkpoint = _fixture.Checkpoint(Journal.OldestFileEnd);
        var tiered = new TieredInput(new Offset(1));
        Partition.Post(tiered);
        Journal.Fail(new IOException("sync failed"));
        Assert.Equal(ErrorCode.KafkaStorageError, await checkpoint.Completion);
        Assert.Equal(ErrorCode.KafkaStorageError, await tiered.Completion);
    }

    [Fact]
    public async Task A_tiered_end_is_answered_when_it_is_durable_and_never_goes_back()
    {
        _fixture.Append("a", "b", "c");
        Journal.Sync();
        var input = new TieredInput(new Offset(2));
        Partition.Post(input);
        Assert.False(input.Completion.IsCompleted);
        Journal.Sync();
        Assert.Equal(ErrorCode.None, await input.Completion);
        int frames = Journal.Frames.Count;
        var earlier = new TieredInput(new Offset(1));
        Partition.Post(earlier);
        Assert.Equal(ErrorCode.None, await earlier.Completion);
        Assert.Equal((frames, 2L), (Journal.Frames.Count, Partition.Log.TieredEnd.Value));
        Assert.Equal(2, _fixture.Replayed().Log.TieredEnd.Value);
    }

    [Fact]
    public async Task A_tiered_end_beyond_what_is_committed_takes_the_partition_offline()
    {
        _fixture.Append("a");
        var input = new TieredInput(new Offset(1));
        Partition.Post(input);
        Assert.Equal(ErrorCode.KafkaStorageError, await input.Completion);
        Assert.Equal(PartitionStatus.Failed, Partition.Status);
    }

    private RunToCopy[] RunsBelow(JournalPosition below) => PartitionFixture.RunsBelow(Journal, Partition, below);

    private void Tier(long end)
    {
        var tiered = new TieredInput(new Offset(end));
        Partition.Post(tiered);
        Journal.Sync();
        Assert.True(tiered.Completion.IsCompletedSuccessfully);
    }

    private string[] Fill(int files)
    {
        var values = new List<string>();
        while (Journal.End.Value < (files - 1) * FileBytes)
        {
            values.Add($"{values.Count}:v{values.Count}");
            _fixture.Append($"v{values.Count - 1}");
        }

        Journal.Sync();
        return [.. values];
    }
}
