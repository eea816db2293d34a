namespace GrainStream.Client.Producing;

/// <summary>What a broker did with a batch.</summary>
/// <param name="BaseOffset">Offset of its first record; -1 if unknown.</param>
/// <param name="Error">Null if it is in the log.</param>
internal readonly record struct ProduceOutcome(long BaseOffset, Exception? Error);
