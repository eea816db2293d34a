using System.Buffers;
using GrainStream.Core.Log;
using GrainStream.Runtime.Journal;

namespace GrainStream.Runtime.Ports;

/// <summary>
/// A node's write-ahead journal: all partitions' appends go to one sequence of frames, made durable in groups, one sync per group
/// (design: "one journal per node, group-committed"). Thread-safe.
/// </summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>
    /// Waits until <paramref name="bytes"/> more may be appended without outrunning the disk. Back-pressure, not a reservation:
    /// <see cref="Append"/> never blocks and never refuses for want of memory.
    /// </summary>
    ValueTask WaitForRoomAsync(int bytes, CancellationToken cancellationToken);

    /// <summary>
    /// Copies one frame to the journal's memory in the position it will have on disk and queues it for the next group.
    /// </summary>
    /// <param name="append">What to write. Its buffers are borrowed for the call only.</param>
    /// <param name="appender">Told with <see cref="JournalAppend.End"/> when the frame is written and when it is synced.</param>
    /// <param name="slot">Where the frame is, if the result is <see cref="JournalAppendStatus.Appended"/>.</param>
    JournalAppendStatus Append(in JournalAppend append, IJournalAppender appender, out JournalSlot slot);

    /// <summary>
    /// Lends the bytes from <paramref name="position"/> on while they are still in memory. False when they have been evicted
    /// (read them with <see cref="ReadAsync"/>) or were never written. Dispose the pin soon: it holds a whole buffer.
    /// <para>What is lent is whole frames back to back, of all partitions, to the end of what its buffer holds of frames that were handed to the
    /// operating system. Those at and above what was reported synced may not survive a crash: ask for positions of synced frames, and stop at
    /// the last of them. The frame after the lent ones may be in another buffer; ask for it by its position.</para>
    /// </summary>
    /// <param name="position">Where a frame begins.</param>
    /// <param name="pin">The loan.</param>
    bool TryPin(JournalPosition position, out JournalPin pin);

    /// <summary>
    /// Reads synced journal bytes from disk. A read never crosses into the next file: fewer bytes than asked come back at a file's end.
    /// </summary>
    /// <returns>
    /// Bytes read; 0 if the position is at the end of a file or of the journal, or below <see cref="Start"/> and not held: the bytes have been
    /// trimmed, and who wants them must look again where they are now.
    /// </returns>
    /// <exception cref="StorageUnavailableException">The disk failed to answer.</exception>
    /// <exception cref="CorruptDataException">The position is none.</exception>
    ValueTask<int> ReadAsync(JournalPosition position, Memory<byte> destination, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps the files from a position on readable until disposed, though they be trimmed meanwhile. What was trimmed before is not brought
    /// back: look at <see cref="Start"/> afterwards. Cheap, but the disk space of a trimmed file comes back only with the last hold.
    /// </summary>
    IDisposable Hold(JournalPosition from);

    /// <summary>
    /// Gives back the files that lie wholly below a position, oldest first; the file in use stays. Writes and syncs a frame that says so
    /// first, unless there is nothing to give back. The caller knows that nothing below is needed any more, and that what says so is synced.
    /// </summary>
    /// <returns>Files deleted.</returns>
    /// <exception cref="StorageUnavailableException">The journal is closed or full, or a file could not be deleted; what is left goes next time.</exception>
    ValueTask<int> TrimAsync(JournalPosition below);

    /// <summary>The oldest byte still kept: where a file starts.</summary>
    JournalPosition Start { get; }

    /// <summary>Where the next frame goes, at this moment.</summary>
    JournalPosition End { get; }

    /// <summary>Where the oldest kept file ends: the next target of <see cref="TrimAsync"/>, unless it is the file in use.</summary>
    JournalPosition OldestFileEnd { get; }

    /// <summary>Extent and size, at this moment.</summary>
    JournalUsage Usage { get; }

    /// <summary>Names a place in messages: the file and the byte in it.</summary>
    string Describe(JournalPosition position);

    /// <summary>Completes, with the exception, when a write or sync failed: the node must stop (a failed sync is final).</summary>
    Task<Exception> Failure { get; }
}
