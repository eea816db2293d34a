using GrainStream.Protocol;

namespace GrainStream.Runtime.Ports;

/// <summary>
/// Told what became of its appends. Called by the journal's writer (or a pool thread), in append order for one appender, never
/// under a lock of the journal and never concurrently for one appender; calls may be merged, the last one covers all before. Must be quick and must not throw.
/// </summary>
public interface IJournalAppender
{
    /// <summary>Everything this appender appended up to <paramref name="end"/> (exclusive) is handed to the operating system.</summary>
    void Written(Offset end);

    /// <summary>
    /// Everything this appender appended up to <paramref name="end"/> (exclusive) is on stable storage. <see cref="Written"/> was called
    /// with at least this end before.
    /// </summary>
    void Synced(Offset end);

    /// <summary>The journal failed for good; nothing that was not reported synced ever will be.</summary>
    void JournalFailed(Exception cause);
}
