using GrainStream.Core.Log;

namespace GrainStream.Runtime.Reading;

/// <summary>A stretch of journal, from the start of one frame to the end of another; frames of other partitions may lie between.</summary>
internal readonly record struct JournalWindow(JournalPosition Start, JournalPosition End);
