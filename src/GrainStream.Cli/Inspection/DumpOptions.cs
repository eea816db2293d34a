namespace GrainStream.Cli.Inspection;

/// <summary>How much of a file to print.</summary>
/// <param name="Records">Also the records.</param>
/// <param name="Offset">Leave out what ends at or below this offset; null: nothing.</param>
/// <param name="Limit">Print at most so many frames, batches or entries; null: all.</param>
internal sealed record DumpOptions(bool Records, long? Offset, long? Limit);
