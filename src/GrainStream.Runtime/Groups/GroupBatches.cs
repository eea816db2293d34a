using System.Buffers;
using GrainStream.Core;
using GrainStream.Core.Groups.Events;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Protocol.Wire;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Groups;

/// <summary>Group events as record batches: the events of one step are one batch, so that they are replayed all or none.</summary>
internal static class GroupBatches
{
    /// <summary>Appends events to a group's log. On its loop.</summary>
    /// <param name="partition">The log.</param>
    /// <param name="events">At least one.</param>
    /// <param name="now">Time of the records.</param>
    /// <param name="release">Called once, if appended: without an error when they are on stable storage, with one if they never will be.</param>
    /// <param name="bytes">Size of the batch.</param>
    public static JournalAppendStatus Append(
        Partition partition, IReadOnlyList<IGroupEvent> events, Timestamp now, Action<ErrorCode> release, out int bytes)
    {
        using var value = new KafkaWriter();
        using var builder = new RecordBatchBuilder();
        foreach (IGroupEvent groupEvent in events)
        {
            value.Reset();
            GroupEventCodec.Encode(groupEvent, value);
            builder.Append(now.UnixMs, NullableBytes.Null, value.WrittenSpan);
        }

        var batch = new ReadOnlySequence<byte>(builder.Build());
        RecordBatchHeader.TryRead(batch, out RecordBatchHeader header);
        bytes = header.TotalSize;
        return partition.AppendRecords(header, batch, release);
    }

    /// <summary>Takes the events of a stored batch.</summary>
    /// <exception cref="CorruptDataException">It holds no events.</exception>
    public static void Replay(PartitionId log, in RecordBatchHeader header, ReadOnlySpan<byte> batch, Action<IGroupEvent> apply)
    {
        var reader = new RecordReader(header, batch[RecordBatchHeader.Size..]);
        while (reader.TryRead(out Record record))
        {
            if (!GroupEventCodec.TryDecode(new ReadOnlySequence<byte>(record.Value.Bytes.ToArray()), out IGroupEvent? groupEvent, out string? error))
            {
                throw new CorruptDataException($"The batch at offset {header.BaseOffset} of the group's log {log} cannot be replayed: {error}");
            }

            apply(groupEvent);
        }

        if (reader.IsMalformed)
        {
            throw new CorruptDataException(
                $"The batch at offset {header.BaseOffset} of the group's log {log} does not hold the records its head announces.");
        }
    }
}
