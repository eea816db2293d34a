using GrainStream.Protocol;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Partitions;

/// <summary>Answers a DeleteRecords once its frame is on stable storage.</summary>
internal sealed class LogStartAppender(DeleteRecordsInput input, Offset logStartOffset) : IJournalAppender
{
    public void Written(Offset end)
    {
        // Only the sync counts.
    }

    public void Synced(Offset end) => input.Complete(ErrorCode.None, logStartOffset.Value);

    public void JournalFailed(Exception cause) => input.Complete(ErrorCode.KafkaStorageError, -1);
}
