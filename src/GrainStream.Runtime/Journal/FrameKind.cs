namespace GrainStream.Runtime.Journal;

/// <summary>What a journal frame says. Values are on disk: never reused.</summary>
public enum FrameKind : byte
{
    /// <summary>Payload: one record batch, base offset and leader epoch already in place.</summary>
    Batch = 1,

    /// <summary>The partition's log start is the frame's base offset from here on. No payload.</summary>
    LogStart = 2,

    /// <summary>The node stopped in good order here: everything before is synced. No payload; written by the journal itself.</summary>
    CleanStop = 4,

    /// <summary>The journal goes on in the next file; zeros follow to this one's end. No payload; written by the journal itself.</summary>
    FileEnd = 5,

    /// <summary>
    /// Payload: a batch that lies further back in the journal, copied so that the file it lies in can be deleted. Means nothing until a
    /// <see cref="Checkpoint"/> points at it; readers take it as a <see cref="Batch"/>.
    /// </summary>
    BatchCopy = 6,

    /// <summary>
    /// Payload: all of a partition's state and where its batches lie (<see cref="Core.Log.PartitionCheckpointCodec"/>). Replay forgets what it
    /// knew of the partition and goes on from here.
    /// </summary>
    Checkpoint = 7,

    /// <summary>Everything of the partition below the base offset is in segments of a committed manifest. No payload.</summary>
    Tiered = 8,

    /// <summary>
    /// The journal begins at the position in the payload (i64): files before it may be missing. Written by the journal itself, synced before
    /// it deletes files.
    /// </summary>
    Trimmed = 9,
}
