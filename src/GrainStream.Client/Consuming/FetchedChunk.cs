namespace GrainStream.Client.Consuming;

/// <summary>What one response brought for one partition.</summary>
/// <param name="Owner">The partition, in the assignment for which it was fetched.</param>
/// <param name="Records">In the order of their offsets; may be none, where batches hold nothing for consumers.</param>
/// <param name="NextOffset">Where reading goes on behind it.</param>
/// <param name="Error">Why the partition cannot be read; null if it can.</param>
internal sealed record FetchedChunk(FetchPartition Owner, ConsumedRecord[] Records, long NextOffset, Exception? Error);
