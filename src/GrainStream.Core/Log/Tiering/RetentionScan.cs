namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// Decides which of a partition's oldest segments retention removes: offer them oldest first until one stays. As in Kafka, a segment goes by time when
/// its newest record is too old, by size when what remains without it is still at least retention.bytes.
/// </summary>
/// <param name="retentionMs">The topic's retention.ms; -1 keeps for ever.</param>
/// <param name="retentionBytes">The topic's retention.bytes; -1 keeps everything.</param>
/// <param name="totalBytes">Bytes of the whole partition, its tail included.</param>
/// <param name="now">The broker's time.</param>
public sealed class RetentionScan(long retentionMs, long retentionBytes, long totalBytes, Timestamp now)
{
    private long _remainingBytes = totalBytes;

    /// <summary>Records with timestamps below this are too old; <see cref="long.MinValue"/> if none ever are.</summary>
    public long CutoffMs { get; } = retentionMs < 0 || retentionMs > now.UnixMs ? long.MinValue : now.UnixMs - retentionMs;

    /// <summary>Whether the oldest segment that is left goes; if so it counts as gone.</summary>
    /// <param name="dataBytes">Bytes of its batches.</param>
    /// <param name="maxTimestamp">Greatest timestamp of its records; -1 if they have none.</param>
    /// <param name="writtenAt">When it was written: counts where records have no timestamps.</param>
    public bool Removes(long dataBytes, long maxTimestamp, Timestamp writtenAt)
    {
        bool isOld = (maxTimestamp >= 0 ? maxTimestamp : writtenAt.UnixMs) < CutoffMs;
        bool isTooMuch = retentionBytes >= 0 && _remainingBytes - dataBytes >= retentionBytes;
        if (!isOld && !isTooMuch)
        {
            return false;
        }

        _remainingBytes -= dataBytes;
        return true;
    }
}
