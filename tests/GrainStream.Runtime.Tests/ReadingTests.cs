using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Reading;

namespace GrainStream.Runtime.Tests;

public sealed class ReadingTests : IDisposable
{
    private readonly PartitionFixture _fixture = new();

    public void Dispose()
    {
        Assert.Equal(0, _fixture.Journal.OpenPins);
        Assert.Empty(_fixture.Journal.OpenHolds);
        _fixture.Dispose();
    }

    [Fact]
    public async Task Only_what_is_synced_can_be_read()
    {
        _fixture.Append("a");
        _fixture.Journal.Sync();
        _fixture.Append("b");
        Assert.Equal(["0:a"], await _fixture.ValuesAsync(0));
        Assert.Empty(await _fixture.ValuesAsync(1));
        _fixture.Journal.Sync();
        Assert.Equal(["0:a", "1:b"], await _fixture.ValuesAsync(0));
    }

    [Fact]
    public async Task An_offset_in_the_middle_of_a_batch_gets_the_whole_batch()
    {
        _fixture.Append("a");
        _fixture.Append("b", "c", "d");
        _fixture.Journal.Sync();
        Assert.Equal(["1:b", "2:c", "3:d"], await _fixture.ValuesAsync(2));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public async Task An_offset_outside_of_the_log_is_out_of_range(long offset)
    {
        _fixture.Append("a", "b");
        _fixture.Journal.Sync();
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await _fixture.ReadAsync(offset)).Error);
    }

    [Fact]
    public async Task Byte_limits_hold_but_one_batch_is_always_given_if_asked()
    {
        _fixture.Append(new string('x', 500));
        _fixture.Append(new string('y', 500));
        _fixture.Journal.Sync();
        Assert.Single(await _fixture.ValuesAsync(0, maxBytes: 900));
        Assert.Single(await _fixture.ValuesAsync(0, maxBytes: 10));
        Assert.Empty(await _fixture.ValuesAsync(0, maxBytes: 10, atLeastOne: false));
    }

    [Fact]
    public async Task Partitions_that_share_the_journal_read_only_their_own()
    {
        using var other = new PartitionFixture(_fixture.Journal, partition: 1);
        for (int i = 0; i < 200; i++)
        {
            _fixture.Append($"a{i}");
            other.Append($"b{i}");
        }

        _fixture.Journal.Sync();
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}:a{i}"), await _fixture.ValuesAsync(0));
        Assert.Equal(Enumerable.Range(150, 50).Select(i => $"{i}:b{i}"), await other.ValuesAsync(150));
    }

    [Fact]
    public async Task What_left_memory_is_read_from_disk()
    {
        for (int i = 0; i < 3000; i++)
        {
            _fixture.Append($"value-{i}-{new string('v', 200)}");
        }

        _fixture.Journal.Sync();
        _fixture.Journal.EvictedBelow = _fixture.Journal.Frames[2000].Position.Value;
        var values = new List<string>();
        while (values.Count < 3000)
        {
            values.AddRange(await _fixture.ValuesAsync(values.Count, maxBytes: 50_000));
        }

        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"{i}:value-{i}-{new string('v', 200)}"), values);
        Assert.True(_fixture.Journal.DiskReads > 0);
    }

    [Fact]
    public async Task A_payload_whose_bytes_leave_memory_before_they_are_sent_is_sent_from_disk()
    {
        _fixture.Append("a");
        _fixture.Append("b");
        _fixture.Journal.Sync();
        PartitionRead read = await _fixture.ReadAsync(0);
        _fixture.Journal.EvictedBelow = _fixture.Journal.Frames[1].Position.Value;
        Assert.Equal(["0:a", "1:b"], await PartitionFixture.SendAsync(read.Records!));
        Assert.True(_fixture.Journal.DiskReads > 0);
    }

    [Fact]
    public async Task A_payload_whose_file_is_trimmed_before_it_is_sent_is_sent_all_the_same()
    {
        for (int i = 0; i < 100; i++)
        {
            _fixture.Append($"{i}-{new string('v', 5000)}");
        }

        _fixture.Journal.Sync();
        PartitionRead read = await _fixture.ReadAsync(3);
        _fixture.Journal.FileBytes = 4096;
        Assert.True(await _fixture.Journal.TrimAsync(_fixture.Journal.End) > 100);
        Assert.Equal(Enumerable.Range(3, 97).Select(i => $"{i}:{i}-{new string('v', 5000)}"), await PartitionFixture.SendAsync(read.Records!));
        Assert.Empty(_fixture.Journal.OpenHolds);
    }

    [Fact]
    public async Task What_is_deleted_and_trimmed_while_it_is_being_read_is_out_of_range()
    {
        for (int i = 0; i < 100; i++)
        {
            _fixture.Append($"{i}-{new string('v', 5000)}");
        }

        _fixture.Journal.Sync();
        _fixture.Journal.EvictedBelow = _fixture.Journal.End.Value;
        TrimBeforeTheNextRead(90);
        PartitionRead read = await _fixture.ReadAsync(3);
        Assert.Equal((ErrorCode.OffsetOutOfRange, 90), (read.Error, read.LogStartOffset));
        Assert.Equal(10, (await _fixture.ValuesAsync(90)).Length);
    }

    [Fact]
    public async Task A_time_is_looked_up_again_where_the_journal_was_trimmed_meanwhile()
    {
        for (int i = 0; i < 100; i++)
        {
            _fixture.Append(new RecordedAppend(Batches.At(1_000 + i, new string('v', 5000))));
        }

        _fixture.Journal.Sync();
        _fixture.Journal.EvictedBelow = _fixture.Journal.End.Value;
        TrimBeforeTheNextRead(90);
        Assert.Equal(90, (await _fixture.Reader.FindByTimestampAsync(_fixture.Partition, 1_020, default))?.Offset);
        TrimBeforeTheNextRead(95);
        Assert.Equal(99, (await _fixture.Reader.FindMaxTimestampAsync(_fixture.Partition, default))?.Offset);
    }

    [Fact]
    public async Task Runs_that_follow_each_other_are_read_from_disk_at_once()
    {
        using var other = new PartitionFixture(_fixture.Journal, partition: 1);
        for (int i = 0; i < 1000; i++)
        {
            _fixture.Append($"a{i}-{new string('v', 500)}");
            other.Append($"b{i}-{new string('v', 500)}");
        }

        _fixture.Journal.Sync();
        _fixture.Journal.EvictedBelow = _fixture.Journal.End.Value;
        Assert.InRange((await _fixture.ValuesAsync(0, maxBytes: 2_000_000)).Length, 800, 1000);
        Assert.InRange(_fixture.Journal.DiskReads, 1, 2);
    }

    [Fact]
    public async Task A_batch_larger_than_a_disk_read_is_read_whole()
    {
        _fixture.Partition.Rules = AppendRules.Default with { MaxMessageBytes = 5_000_000 };
        string large = new('z', 3_000_000);
        _fixture.Append("a");
        _fixture.Append(large);
        _fixture.Append("b");
        _fixture.Journal.Sync();
        _fixture.Journal.EvictedBelow = _fixture.Journal.End.Value;
        Assert.Equal(["0:a"], await _fixture.ValuesAsync(0, maxBytes: 100_000));
        Assert.Equal($"1:{large}", (await _fixture.ValuesAsync(1, maxBytes: 100_000)).Single());
        Assert.Equal(["2:b"], await _fixture.ValuesAsync(2));
        _fixture.Journal.Flip(_fixture.Journal.Frames[1].Position.Value + 2_000_000);
        Assert.Equal(ErrorCode.KafkaStorageError, (await _fixture.ReadAsync(1)).Error);
    }

    [Fact]
    public async Task Damage_of_another_partition_s_frame_between_does_not_hide_a_batch()
    {
        using var other = new PartitionFixture(_fixture.Journal, partition: 1);
        _fixture.Append("a");
        other.Append(new string('b', 200));
        _fixture.Append(new string('c', 56));
        _fixture.Append("d");
        _fixture.Journal.Sync();
        _fixture.Journal.EvictedBelow = _fixture.Journal.End.Value;
        FrameHeader foreign = _fixture.Journal.Frames[1];
        FrameHeader hidden = _fixture.Journal.Frames[2];

        // A length that leads exactly to the frame behind the hidden one.
        _fixture.Journal.Overwrite(foreign.Position.Value, BitConverter.GetBytes((int)(hidden.End - foreign.Position) - FrameHeader.Size));
        PartitionRead read = await _fixture.ReadAsync(0);
        Assert.Equal(ErrorCode.KafkaStorageError, read.Error);
    }

    [Fact]
    public async Task A_batch_larger_than_a_flush_is_sent_whole()
    {
        string large = new('z', 900_000);
        _fixture.Append("a");
        _fixture.Append(large);
        _fixture.Append("b");
        _fixture.Journal.Sync();
        Assert.Equal(["0:a", $"1:{large}", "2:b"], await _fixture.ValuesAsync(0, maxBytes: 2_000_000));
    }

    [Fact]
    public async Task Damage_on_disk_is_an_error_and_never_served()
    {
        _fixture.Append("a");
        _fixture.Journal.Sync();
        _fixture.Journal.EvictedBelow = long.MaxValue;
        for (long position = 0; position < _fixture.Journal.Frames[0].TotalSize - 8; position++)
        {
            // Bytes 0..8 hold the length and the CRC itself; a flip anywhere must show.
            _fixture.Journal.Flip(position);
            Assert.Equal(ErrorCode.KafkaStorageError, (await _fixture.ReadAsync(0)).Error);
            _fixture.Journal.Flip(position);
        }

        Assert.Equal(["0:a"], await _fixture.ValuesAsync(0));
    }

    [Fact]
    public async Task A_stale_or_future_leader_epoch_is_told_apart()
    {
        var newer = new ReadRequest(0, CurrentLeaderEpoch: 1, 1000, true, true);
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, (await _fixture.Reader.ReadAsync(_fixture.Partition, newer, default)).Error);
    }

    [Fact]
    public async Task Records_are_found_by_time_within_their_batch()
    {
        _fixture.Append(new RecordedAppend(Batches.Spread(1_000, 5)));
        _fixture.Append(new RecordedAppend(Batches.Spread(10_000, 5)));
        _fixture.Journal.Sync();
        Assert.Equal(new FoundRecord(2, 1_200, 0), await _fixture.Reader.FindByTimestampAsync(_fixture.Partition, 1_101, default));
        Assert.Equal(new FoundRecord(5, 10_000, 0), await _fixture.Reader.FindByTimestampAsync(_fixture.Partition, 1_401, default));
        Assert.Null(await _fixture.Reader.FindByTimestampAsync(_fixture.Partition, 10_401, default));
        Assert.Equal(new FoundRecord(9, 10_400, 0), await _fixture.Reader.FindMaxTimestampAsync(_fixture.Partition, default));
    }

    [Fact]
    public async Task Records_that_are_not_committed_are_not_found_by_time()
    {
        _fixture.Append(new RecordedAppend(Batches.At(1_000, "a")));
        _fixture.Journal.Sync();
        _fixture.Append(new RecordedAppend(Batches.At(2_000, "b")));
        Assert.Null(await _fixture.Reader.FindByTimestampAsync(_fixture.Partition, 1_500, default));
        Assert.Equal(0, (await _fixture.Reader.FindMaxTimestampAsync(_fixture.Partition, default))?.Offset);
    }

    private void TrimBeforeTheNextRead(long logStart)
    {
        HandDrivenJournal journal = _fixture.Journal;
        journal.FileBytes = 4096;
        journal.BeforeDiskRead = _ =>
        {
            journal.BeforeDiskRead = null;
            _fixture.Partition.Post(new DeleteRecordsInput(logStart));
            journal.Sync();
            Assert.True(journal.Trim(journal.Frames[(int)logStart - 10].Position) > 0);
        };
    }
}
