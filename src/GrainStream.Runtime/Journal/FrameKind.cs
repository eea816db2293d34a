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
}
