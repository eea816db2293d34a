using System.Buffers;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.FileSystem.Tests.Support;

/// <summary>Frames whose content follows from their partition and offset, so that what comes back can be checked.</summary>
internal static class Frames
{
    public static PartitionId Partition(int index) => new(new TopicId(new Guid(7, 7, 7, new byte[8])), index);

    /// <summary>Payload of the frame of a partition at an offset: never zero bytes, so that lost ones show.</summary>
    public static byte[] Payload(int partition, long offset, int length)
    {
        byte[] payload = new byte[length];
        new Random(HashCode.Combine(0, partition, (int)offset) ^ (int)offset).NextBytes(payload);
        for (int i = 0; i < length; i++)
        {
            payload[i] |= 1;
        }

        return payload;
    }

    /// <summary>Appends one frame, split into head and a body of two segments.</summary>
    public static JournalAppendStatus TryAppend(
        this IJournal journal,
        RecordingAppender appender,
        int partition,
        long offset,
        int length,
        out JournalPosition position,
        FrameKind kind = FrameKind.Batch)
    {
        byte[] payload = Payload(partition, offset, length);
        int head = Math.Min(21, length);
        int middle = head + ((length - head) / 2);
        var append = new JournalAppend
        {
            Kind = kind,
            Partition = Partition(partition),
            Epoch = new LeaderEpoch(3),
            BaseOffset = new Offset(offset),
            End = new Offset(offset + 1),
            Head = payload.AsSpan(0, head),
            Body = TwoSegments(payload.AsMemory(head, middle - head), payload.AsMemory(middle)),
            PayloadCrc = Crc32C.Compute(payload),
        };
        JournalAppendStatus status = journal.Append(append, appender, out JournalSlot slot);
        position = slot.Position;
        return status;
    }

    public static JournalPosition Append(this IJournal journal, RecordingAppender appender, int partition, long offset, int length)
    {
        Assert.Equal(JournalAppendStatus.Appended, journal.TryAppend(appender, partition, offset, length, out JournalPosition position));
        return position;
    }

    /// <summary>Checks that the bytes are exactly the frame that <see cref="Append"/> wrote.</summary>
    public static void AssertFrame(ReadOnlySpan<byte> bytes, JournalPosition position, int partition, long offset, int length)
    {
        Assert.True(FrameHeader.TryRead(bytes, out FrameHeader header));
        Assert.Equal(position, header.Position);
        Assert.Equal(Partition(partition), header.Partition);
        Assert.Equal(offset, header.BaseOffset.Value);
        Assert.Equal(length, header.PayloadLength);
        Assert.True(bytes.Slice(FrameHeader.Size, length).SequenceEqual(Payload(partition, offset, length)));
        Assert.Equal(Crc32C.Compute(bytes[FrameHeader.CrcCoverageStart..(FrameHeader.Size + length)]), header.Crc);
    }

    public static void AssertReplayed(this RecordingReplay replay, int partition, params long[] offsets)
    {
        Assert.Equal(offsets, replay.OffsetsOf(Partition(partition)));
        foreach ((FrameHeader header, byte[] payload) in replay.Frames)
        {
            Assert.Equal(Payload(header.Partition.Index, header.BaseOffset.Value, header.PayloadLength), payload);
        }
    }

    private static ReadOnlySequence<byte> TwoSegments(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        var end = new Segment(second, first.Length, null);
        return new ReadOnlySequence<byte>(new Segment(first, 0, end), 0, end, second.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex, Segment? next)
        {
            Memory = memory;
            RunningIndex = runningIndex;
            Next = next;
        }
    }
}
