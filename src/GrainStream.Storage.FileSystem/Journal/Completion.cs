using GrainStream.Protocol;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>Whom to tell, and the log end to tell it.</summary>
internal readonly record struct Completion(IJournalAppender Appender, Offset End);
