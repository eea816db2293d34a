using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading;

namespace GrainStream.Runtime.Tests;

public sealed class PartitionTests : IDisposable
{
    private readonly PartitionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void An_append_for_all_is_answered_only_after_the_sync()
    {
        RecordedAppend append = _fixture.Append("a", "b");
        Assert.True(append.IsTaken);
        _fixture.Journal.Write();
        Assert.Null(append.Result);
        Assert.Equal(0, _fixture.Partition.Log.HighWatermark.Value);

        _fixture.Journal.Sync();
        Assert.Equal(new AppendResult(ErrorCode.None, 0, -1, 0, null), append.Result);
        Assert.Equal(2, _fixture.Partition.Log.HighWatermark.Value);
    }

    [Fact]
    public void An_append_for_the_leader_is_answered_after_the_write()
    {
        var append = new RecordedAppend(Batches.Of("a"), Acknowledgement.Leader);
        _fixture.Append(append);
        Assert.Null(append.Result);
        _fixture.Journal.Write();
        Assert.Equal(ErrorCode.None, append.Result?.Error);
    }

    [Fact]
    public void An_append_for_nobody_is_answered_at_once()
    {
        RecordedAppend append = _fixture.Append(new RecordedAppend(Batches.Of("a"), Acknowledgement.None));
        Assert.Equal(ErrorCode.None, append.Result?.Error);
    }

    [Fact]
    public void A_full_disk_refuses_the_batch_and_leaves_no_trace()
    {
        _fixture.Journal.Status = JournalAppendStatus.NoSpace;
        RecordedAppend refused = _fixture.Append(new RecordedAppend(Batches.From(7, 0, 0, "a")));
        Assert.Equal(ErrorCode.KafkaStorageError, refused.Result?.Error);
        Assert.Equal(0, _fixture.Partition.Log.LogEndOffset.Value);
        Assert.Equal(0, _fixture.Partition.Log.ProducerCount);

        _fixture.Journal.Status = JournalAppendStatus.Appended;
        RecordedAppend retried = _fixture.Append(new RecordedAppend(Batches.From(7, 0, 0, "a")));
        _fixture.Journal.Sync();
        Assert.Equal(0, retried.Result?.BaseOffset);
    }

    [Fact]
    public void A_repeated_batch_waits_for_the_first_ones_sync_and_gets_its_offset()
    {
        _fixture.Append("before");
        RecordedAppend first = _fixture.Append(new RecordedAppend(Batches.From(7, 0, 0, "a")));
        RecordedAppend again = _fixture.Append(new RecordedAppend(Batches.From(7, 0, 0, "a")));
        Assert.Null(again.Result);
        _fixture.Journal.Sync();
        Assert.Equal(1, first.Result?.BaseOffset);
        Assert.Equal(1, again.Result?.BaseOffset);
        Assert.Equal(2, _fixture.Journal.Frames.Count);

        RecordedAppend late = _fixture.Append(new RecordedAppend(Batches.From(7, 0, 0, "a")));
        Assert.Equal(1, late.Result?.BaseOffset);
    }

    [Fact]
    public void A_failed_journal_refuses_who_waits_and_who_comes()
    {
        RecordedAppend waiting = _fixture.Append("a");
        _fixture.Journal.Fail(new IOException("sync failed"));
        Assert.Equal(ErrorCode.KafkaStorageError, waiting.Result?.Error);
        Assert.Equal(ErrorCode.KafkaStorageError, _fixture.Append("b").Result?.Error);
    }

    [Fact]
    public void A_deleted_partition_answers_as_unknown()
    {
        RecordedAppend waiting = _fixture.Append("a");
        _fixture.Partition.Post(new StopInput(PartitionStatus.Deleted));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, waiting.Result?.Error);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, _fixture.Append("b").Result?.Error);
    }

    [Fact]
    public async Task A_broken_invariant_takes_the_partition_offline_and_answers_its_clients()
    {
        RecordedAppend waiting = _fixture.Append("a");

        // A sync beyond the log's end cannot be: the machine says so and stops.
        ((IJournalAppender)_fixture.Partition).Synced(new Offset(99));
        Assert.Equal(PartitionStatus.Failed, _fixture.Partition.Status);
        Assert.Equal(ErrorCode.KafkaStorageError, waiting.Result?.Error);
        Assert.Equal(ErrorCode.KafkaStorageError, (await _fixture.ReadAsync(0)).Error);
    }

    [Fact]
    public void An_input_that_throws_takes_only_its_partition_offline_and_the_loop_goes_on()
    {
        RecordedAppend waiting = _fixture.Append("a");
        var faulty = new ThrowingInput();
        _fixture.Partition.Post(faulty);
        Assert.True(faulty.IsRefused);
        Assert.Equal(ErrorCode.KafkaStorageError, waiting.Result?.Error);
        Assert.Equal(ErrorCode.KafkaStorageError, _fixture.Append("b").Result?.Error);
    }

    [Fact]
    public void A_nodes_own_records_are_released_when_durable_or_when_they_never_will_be()
    {
        var released = new List<ErrorCode>();
        _fixture.Partition.Post(new OwnRecords(released.Add));
        Assert.Empty(released);
        _fixture.Journal.Sync();
        Assert.Equal([ErrorCode.None], released);
        _fixture.Partition.Post(new OwnRecords(released.Add));
        _fixture.Journal.Fail(new IOException("sync failed"));
        Assert.Equal([ErrorCode.None, ErrorCode.KafkaStorageError], released);
    }

    [Fact]
    public async Task Deleting_records_is_answered_when_it_is_durable()
    {
        _fixture.Append("a");
        _fixture.Append("b");
        _fixture.Journal.Sync();
        var input = new DeleteRecordsInput(1);
        _fixture.Partition.Post(input);
        Assert.False(input.Completion.IsCompleted);
        Assert.Equal(FrameKind.LogStart, _fixture.Journal.Frames[^1].Kind);
        _fixture.Journal.Sync();
        Assert.Equal((ErrorCode.None, 1), await input.Completion);
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await _fixture.ReadAsync(0)).Error);
        Assert.Equal(["1:b"], await _fixture.ValuesAsync(1));
    }

    [Fact]
    public async Task Deleting_records_beyond_the_high_watermark_is_out_of_range()
    {
        _fixture.Append("a");
        var input = new DeleteRecordsInput(1);
        _fixture.Partition.Post(input);
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1), await input.Completion);
    }

    [Fact]
    public async Task A_replayed_partition_is_the_one_that_was_written()
    {
        _fixture.Append("a", "b");
        _fixture.Append(new RecordedAppend(Batches.From(7, 0, 0, "c")));
        _fixture.Journal.Sync();
        var input = new DeleteRecordsInput(1);
        _fixture.Partition.Post(input);
        _fixture.Append("d");
        _fixture.Journal.Sync();

        var replay = new PartitionReplay(_fixture.Partition.Id);
        using var stretch = new JournalStretch(_fixture.Journal);
        foreach (FrameHeader frame in _fixture.Journal.Frames)
        {
            await stretch.LoadAsync(frame.Position, frame.End, frame.End, CancellationToken.None);
            replay.Replay(frame, default, stretch.PayloadOf(frame).Span, new Core.Timestamp(0));
        }

        var replayed = new Partition(_fixture.Partition.Id, "orders", AppendRules.Default, _fixture.Services, replay);
        replayed.BeginServing(new LeaderEpoch(0));
        Assert.Equal(1, replayed.Log.LogStartOffset.Value);
        Assert.Equal(4, replayed.Log.HighWatermark.Value);
        var duplicate = new RecordedAppend(Batches.From(7, 0, 0, "c"));
        replayed.Post(duplicate);
        Assert.Equal(2, duplicate.Result?.BaseOffset);
    }

    private sealed class ThrowingInput : PartitionInput
    {
        public bool IsRefused { get; private set; }

        internal override void Execute(Partition partition) => throw new InvalidOperationException("a bug");

        internal override void Refuse(Partition partition) => IsRefused = true;
    }

    private sealed class OwnRecords(Action<ErrorCode> release) : PartitionInput
    {
        internal override void Execute(Partition partition)
        {
            System.Buffers.ReadOnlySequence<byte> batch = Batches.Of("event");
            Assert.True(Protocol.Records.RecordBatchHeader.TryRead(batch, out Protocol.Records.RecordBatchHeader header));
            Assert.Equal(JournalAppendStatus.Appended, partition.AppendRecords(header, batch, release));
        }

        internal override void Refuse(Partition partition) => release(ErrorCode.KafkaStorageError);
    }
}
