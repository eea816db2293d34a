namespace GrainStream.Runtime.Reading;

/// <summary>What a reader wants of one partition.</summary>
/// <param name="FetchOffset">First offset wanted; the batch that holds it is returned whole.</param>
/// <param name="CurrentLeaderEpoch">The epoch the reader believes in; -1 for no check (KIP-320).</param>
/// <param name="MaxBytes">Bytes to stay within.</param>
/// <param name="AtLeastOne">Return the first batch even if it alone exceeds <paramref name="MaxBytes"/> (KIP-74).</param>
/// <param name="MayWaitForMemory">
/// Whether a read from disk may wait for the node's read memory. Not for who still holds the result of another one: it gets nothing this time.
/// </param>
public readonly record struct ReadRequest(long FetchOffset, int CurrentLeaderEpoch, int MaxBytes, bool AtLeastOne, bool MayWaitForMemory);
