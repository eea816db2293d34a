namespace GrainStream.Client.Producing;

/// <summary>What became of a record.</summary>
/// <param name="Partition">Where it went.</param>
/// <param name="Offset">Its offset; -1 if the broker did not tell (acks 0), or it failed.</param>
/// <param name="Latency">Time from when it was taken in to the acknowledgement.</param>
/// <param name="Error">Why it was not delivered; null if it was.</param>
public readonly record struct Delivery(TopicPartition Partition, long Offset, TimeSpan Latency, Exception? Error);
