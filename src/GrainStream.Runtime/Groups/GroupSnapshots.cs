using GrainStream.Core.Groups;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Groups;

/// <summary>
/// Says a group again at its log's end and cuts the log there: when the log has grown to several times of what a snapshot takes, and when the journal needs the room.
/// On the group's loop.
/// </summary>
internal sealed class GroupSnapshots(Partition log, GroupServices services)
{
    /// <summary>A log is not cut before it has grown by this much: reading it takes a few milliseconds.</summary>
    private const long MinBytes = 256 * 1024;

    /// <summary>Nor before it is so many times as long as the snapshot: so cutting costs a fraction of the writing.</summary>
    private const int Growth = 4;

    private readonly List<Action<bool>> _waiting = [];
    private long _snapshotBytes;
    private long _bytes;
    private bool _isUnderWay;

    /// <summary>The log has grown so much that it should be cut.</summary>
    public bool IsDue => !_isUnderWay && _bytes > Math.Max(MinBytes, Growth * _snapshotBytes);

    /// <summary>The machine has been rebuilt from the log.</summary>
    public void Loaded(LoadedGroup loaded) => (_snapshotBytes, _bytes) = (loaded.SnapshotBytes, loaded.Bytes);

    /// <summary>A step's events were appended.</summary>
    public void Appended(int bytes) => _bytes += bytes;

    /// <summary>Cuts the log; <paramref name="complete"/> is told whether that has happened, once it is on stable storage. One that is under way serves all who ask.</summary>
    public void Take(Group machine, Action<bool> complete)
    {
        _waiting.Add(complete);
        if (_isUnderWay)
        {
            return;
        }

        _isUnderWay = true;
        Offset snapshot = log.Log.LogEndOffset;
        log.Log.Index.Seal();

        // It says what holds already, so there is nothing to apply. The checkpoint behind it tells when both are durable.
        JournalAppendStatus status = GroupBatches.Append(log, machine.Snapshot(), services.Now, static _ => { }, out int bytes);
        if (status != JournalAppendStatus.Appended)
        {
            Done(ErrorCode.KafkaStorageError);
            return;
        }

        (_snapshotBytes, _bytes) = (bytes, 0);
        log.Checkpoints.WriteAfterSnapshot(snapshot, Done);
    }

    private void Done(ErrorCode error)
    {
        _isUnderWay = false;
        Action<bool>[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (Action<bool> complete in waiting)
        {
            complete(error == ErrorCode.None);
        }
    }
}
