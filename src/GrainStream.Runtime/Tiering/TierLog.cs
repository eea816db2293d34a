using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime.Tiering;

/// <summary>Log lines of tiering, ids 1100-1199.</summary>
internal static partial class TierLog
{
    [LoggerMessage(1100, LogLevel.Warning,
        "The journal is full ({UsedBytes} of {CapacityBytes} bytes) and is not being freed as fast as producers write: they wait. Nothing is lost.")]
    public static partial void ProducersWait(ILogger logger, long usedBytes, long capacityBytes);

    [LoggerMessage(1101, LogLevel.Information, "The journal has room again; producers go on after {WaitedMs} ms.")]
    public static partial void ProducersGoOn(ILogger logger, long waitedMs);

    [LoggerMessage(1102, LogLevel.Warning,
        "The object store at {Location} fails: {Cause} The node goes on with its journal and tries again. Older records cannot be read meanwhile.")]
    public static partial void StoreFails(ILogger logger, string location, string cause);

    [LoggerMessage(1103, LogLevel.Information, "The object store at {Location} works again after {Seconds} s and {Failures} failed operations.")]
    public static partial void StoreIsBack(ILogger logger, string location, long seconds, int failures);

    [LoggerMessage(1104, LogLevel.Critical,
        "Partition {Topic}-{Partition} (epoch {Epoch}) is offline: its manifest in the object store was changed by another owner. {Cause}")]
    public static partial void PartitionFenced(ILogger logger, string topic, int partition, int epoch, string cause);

    [LoggerMessage(1105, LogLevel.Error,
        "Partition {Topic}-{Partition} (epoch {Epoch}): {Operation} met damaged data and will be tried again; nothing of it is given up. {Cause}")]
    public static partial void DataDamaged(ILogger logger, string topic, int partition, int epoch, string operation, string cause);

    [LoggerMessage(1106, LogLevel.Critical, "Partition {Topic}-{Partition} (epoch {Epoch}) is offline: {Operation} failed in a way that must not happen.")]
    public static partial void OperationBroken(ILogger logger, string topic, int partition, int epoch, string operation, Exception failure);

    [LoggerMessage(1107, LogLevel.Critical, "Tiering has stopped for good. {Cause}")]
    public static partial void Stopped(ILogger logger, string cause);

    [LoggerMessage(1108, LogLevel.Debug,
        "Partition {Topic}-{Partition} (epoch {Epoch}): offsets [{From}, {To}) are in a segment of {Bytes} bytes, because of its {Reason}, after {ElapsedMs} ms.")]
    public static partial void SegmentUploaded(ILogger logger, string topic, int partition, int epoch, long from, long to, long bytes, string reason, long elapsedMs);

    [LoggerMessage(1109, LogLevel.Debug,
        "Journal files freed up to position {Position}: {Files} files, {Uploads} partitions uploaded, {Copies} copied ({CopiedBytes} bytes), {Checkpoints} noted.")]
    public static partial void JournalFreed(ILogger logger, long position, int files, int uploads, int copies, long copiedBytes, int checkpoints);

    [LoggerMessage(1110, LogLevel.Information, "Partition {Topic}-{Partition} (epoch {Epoch}): retention removed what lies before offset {LogStart}, {Segments} segments.")]
    public static partial void Retained(ILogger logger, string topic, int partition, int epoch, long logStart, int segments);

    [LoggerMessage(1111, LogLevel.Information, "Deleted the {Objects} objects of topic {TopicId} from the object store.")]
    public static partial void TopicFreed(ILogger logger, Guid topicId, long objects);

    [LoggerMessage(1112, LogLevel.Information, "Partition {Topic}-{Partition} (epoch {Epoch}): swept {Objects} objects that nothing named.")]
    public static partial void Swept(ILogger logger, string topic, int partition, int epoch, int objects);

    [LoggerMessage(1129, LogLevel.Warning,
        "Partition {Topic}-{Partition}: what is left of the journal ends at offset {JournalEnd}, its segments at {SegmentsEnd}. The log goes on there.")]
    public static partial void WentOnBehindSegments(ILogger logger, string topic, int partition, long journalEnd, long segmentsEnd);

    [LoggerMessage(1113, LogLevel.Warning,
        "The object store holds objects of the topic {TopicId}, which the catalogue has never heard of. They are left alone: was the data directory restored from a copy?")]
    public static partial void UnknownTopicKept(ILogger logger, Guid topicId);

    [LoggerMessage(1114, LogLevel.Information, "Stopping: {Partitions} tails are being uploaded.")]
    public static partial void UploadingTails(ILogger logger, int partitions);

    [LoggerMessage(1115, LogLevel.Warning, "The object store at {Location} does not answer yet: {Cause} The node serves from its journal and goes on trying.")]
    public static partial void StoreAwayAtStart(ILogger logger, string location, string cause);

    [LoggerMessage(1116, LogLevel.Error, "{Operation} failed and will be tried again.")]
    public static partial void CycleFailed(ILogger logger, string operation, Exception failure);

    [LoggerMessage(1117, LogLevel.Information,
        "Partition {Topic}-{Partition} (epoch {Epoch}): compacted up to offset {CleanedEnd}, {Before} bytes became {After}, in {ElapsedMs} ms.")]
    public static partial void Compacted(ILogger logger, string topic, int partition, int epoch, long cleanedEnd, long before, long after, long elapsedMs);

    [LoggerMessage(1118, LogLevel.Warning,
        "Partition {Topic}-{Partition} (epoch {Epoch}): {Batches} batches stay uncompacted, because their records cannot be read ({Cause}).")]
    public static partial void Unreadable(ILogger logger, string topic, int partition, int epoch, long batches, string cause);

    [LoggerMessage(1119, LogLevel.Critical, "Tiering failed in a way that must not happen, and the node stops. What was acknowledged is safe.")]
    public static partial void LoopBroken(ILogger logger, Exception failure);

    [LoggerMessage(1120, LogLevel.Error,
        "Partition {Topic}-{Partition} is offline and needs the oldest file of the journal, which cannot be freed until the node starts again.")]
    public static partial void OfflineNeedsFile(ILogger logger, string topic, int partition);
}
