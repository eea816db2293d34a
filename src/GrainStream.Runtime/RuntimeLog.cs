using GrainStream.Protocol.Records;
using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime;

/// <summary>Log lines of the Runtime, ids 1000-1999.</summary>
internal static partial class RuntimeLog
{
    [LoggerMessage(1000, LogLevel.Critical,
        "Partition {Topic}-{Partition} (epoch {Epoch}) failed and is offline until the node starts again and replays its log.")]
    public static partial void MachineFailed(ILogger logger, string topic, int partition, int epoch, Exception failure);

    [LoggerMessage(1001, LogLevel.Information,
        "Replayed {Frames} journal frames of {Partitions} partitions ({Bytes} bytes) from the journal in {ElapsedMs} ms.")]
    public static partial void Replayed(ILogger logger, long frames, int partitions, long bytes, long elapsedMs);

    [LoggerMessage(1002, LogLevel.Error, "Partition {Topic}-{Partition}: stored records could not be read at offset {Offset}.")]
    public static partial void ReadFailed(ILogger logger, string topic, int partition, long offset, Exception cause);

    [LoggerMessage(1003, LogLevel.Information, "Topic {Topic} created with {Partitions} partitions, id {TopicId}.")]
    public static partial void TopicCreated(ILogger logger, string topic, int partitions, Guid topicId);

    [LoggerMessage(1004, LogLevel.Information, "Topic {Topic} (id {TopicId}) deleted.")]
    public static partial void TopicDeleted(ILogger logger, string topic, Guid topicId);

    [LoggerMessage(1005, LogLevel.Information, "Topic {Topic} now has {Partitions} partitions.")]
    public static partial void PartitionsAdded(ILogger logger, string topic, int partitions);

    [LoggerMessage(1006, LogLevel.Critical,
        "The journal failed and the node stops: what it has not synced it must not acknowledge. Mend the disk and start again.")]
    public static partial void JournalFailed(ILogger logger, Exception cause);

    [LoggerMessage(1007, LogLevel.Warning,
        "{Library} was not found. Batches compressed with {Codec} are stored and served as ever, but not looked into: compaction leaves them as they are, and " +
        "offsets by time are those of whole batches. Install it and start again: {Remedy}.")]
    public static partial void CodecMissing(ILogger logger, string library, CompressionType codec, string remedy);
}
