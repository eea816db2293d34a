using GrainStream.Core;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tests;

public sealed class PartitionReplayTests : IDisposable
{
    private static readonly PartitionId Id = new(PartitionFixture.Topic, 0);
    private readonly PartitionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Frames_before_the_anchor_are_left_out_and_the_checkpoint_stands_for_them()
    {
        Write();
        FrameHeader[] frames = [.. _fixture.Journal.Frames];
        int checkpoint = Array.FindIndex(frames, frame => frame.Kind == FrameKind.Checkpoint);
        for (int first = 0; first <= checkpoint; first++)
        {
            PartitionReplay replay = Replayed(frames[first..]);
            replay.RequireAnchor("orders");
            Assert.Equal(frames[checkpoint].Position, replay.Anchor);
            Assert.Equal((1L, 2L, 5L), (replay.Log.LogStartOffset.Value, replay.Log.TieredEnd.Value, replay.Log.LogEndOffset.Value));
        }
    }

    [Fact]
    public void A_live_partition_that_has_lost_its_beginning_is_damage_and_is_named()
    {
        Write();
        FrameHeader[] frames = [.. _fixture.Journal.Frames];
        int checkpoint = Array.FindIndex(frames, frame => frame.Kind == FrameKind.Checkpoint);
        foreach (FrameHeader[] rest in new[] { frames[1..checkpoint], frames[(checkpoint + 1)..], frames[1..2] })
        {
            CorruptDataException damage = Assert.Throws<CorruptDataException>(() => Replayed(rest).RequireAnchor("orders"));
            Assert.Contains("orders-0", damage.Message, StringComparison.Ordinal);
            Assert.Contains($"position {rest[0].Position}", damage.Message, StringComparison.Ordinal);
        }

        Replayed([]).RequireAnchor("orders");
    }

    [Fact]
    public void A_lost_frame_between_others_is_damage()
    {
        Write();
        FrameHeader[] frames = [.. _fixture.Journal.Frames];
        for (int lost = 1; lost < frames.Length - 1; lost++)
        {
            if (frames[lost].Kind is FrameKind.Batch)
            {
                FrameHeader[] rest = [.. frames[..lost], .. frames[(lost + 1)..]];
                Assert.Throws<CorruptDataException>(() => Replayed(rest));
            }
        }
    }

    [Theory]
    [InlineData(FrameKind.Tiered, 5, "in the object store")]
    [InlineData(FrameKind.Tiered, 1, "in the object store")]
    [InlineData(FrameKind.LogStart, 5, "moves the log start")]
    [InlineData(FrameKind.LogStart, 0, "moves the log start")]
    [InlineData((FrameKind)77, 0, "unknown kind 77")]
    [InlineData(FrameKind.Checkpoint, 4, "cannot be read")]
    [InlineData(FrameKind.Batch, 4, "no record batch")]
    public void A_frame_that_does_not_follow_is_damage(FrameKind kind, long offset, string expected)
    {
        Write();
        PartitionReplay replay = Replayed([.. _fixture.Journal.Frames.SkipLast(1)]);
        var frame = new FrameHeader(0, 0, new JournalPosition(999_000), default, kind, Id, new LeaderEpoch(0), new Offset(offset));
        CorruptDataException damage = Assert.Throws<CorruptDataException>(() => replay.Replay(frame, default, default, new Timestamp(0)));
        Assert.Contains(expected, damage.Message, StringComparison.Ordinal);
        Assert.Contains("999000", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_end_is_damage()
    {
        Write();
        FrameHeader[] frames = [.. _fixture.Journal.Frames];
        FrameHeader checkpoint = frames.First(frame => frame.Kind == FrameKind.Checkpoint);
        Assert.Contains(
            "checkpoint of [1, 4)", Assert.Throws<CorruptDataException>(() => Replayed([.. frames[..2], checkpoint])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Duplicates_are_known_after_a_restart_from_a_checkpoint()
    {
        _fixture.Append(new RecordedAppend(Batches.From(7, 0, 0, "a")));
        _fixture.Append(new RecordedAppend(Batches.From(7, 0, 1, "b")));
        _fixture.Journal.Sync();
        _fixture.Partition.Post(new TieredInput(new Offset(2)));
        CheckpointInput input = _fixture.Checkpoint(_fixture.Journal.End);
        _fixture.Journal.Sync();
        Assert.True(input.Completion.IsCompletedSuccessfully);
        _fixture.Journal.FileBytes = _fixture.Partition.OldestPosition!.Value.Value;
        Assert.Equal(1, _fixture.Journal.Trim(_fixture.Partition.OldestPosition!.Value));

        Partition replayed = _fixture.Replayed();
        int frames = _fixture.Journal.Frames.Count;
        foreach (int sequence in new[] { 0, 1 })
        {
            var duplicate = new RecordedAppend(Batches.From(7, 0, sequence, "x"));
            replayed.Post(duplicate);
            Assert.Equal(sequence, duplicate.Result?.BaseOffset);
        }

        Assert.Equal(frames, _fixture.Journal.Frames.Count);
    }

    // Offsets 0 to 3, log start 1, tiered end 2, then a checkpoint, then offset 4.
    private void Write()
    {
        foreach (string value in new[] { "a", "b", "c", "d" })
        {
            _fixture.Append(value);
        }

        _fixture.Journal.Sync();
        _fixture.Partition.Post(new DeleteRecordsInput(1));
        _fixture.Partition.Post(new TieredInput(new Offset(2)));
        _fixture.Journal.Sync();
        CheckpointInput input = _fixture.Checkpoint(default);
        _fixture.Journal.Sync();
        Assert.True(input.Completion.IsCompletedSuccessfully);
        _fixture.Append("e");
        _fixture.Journal.Sync();
    }

    private PartitionReplay Replayed(FrameHeader[] frames)
    {
        var replay = new PartitionReplay(Id);
        foreach (FrameHeader frame in frames)
        {
            replay.Replay(frame, default, _fixture.Journal.PayloadOf(frame).Span, new Timestamp(0));
        }

        return replay;
    }
}
