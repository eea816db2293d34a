using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Log;

/// <summary>A batch that is in the journal, new or replayed.</summary>
/// <param name="Header">Its head with the assigned base offset and, under LogAppendTime, the broker's timestamp.</param>
/// <param name="Epoch">The leader epoch it was appended in.</param>
/// <param name="Position">Where its journal frame begins.</param>
/// <param name="FrameSize">Bytes of the whole frame, padding included.</param>
/// <param name="StartsRun">
/// True if the frame must not share an index run with the one before although it may be near, because a journal file begins between them.
/// </param>
/// <param name="AppendedAt">
/// The broker's time now; at replay the time of the replay. Only producer expiry uses it: producers get a full expiration after a restart.
/// </param>
public readonly record struct AppendedBatch(
    RecordBatchHeader Header,
    LeaderEpoch Epoch,
    JournalPosition Position,
    int FrameSize,
    bool StartsRun,
    Timestamp AppendedAt);
