namespace GrainStream.Tiering.Tests.Support;

/// <summary>A record as a test reads it.</summary>
internal readonly record struct ReadRecord(long Offset, SentRecord Content);
