namespace GrainStream.Client.Producing;

/// <summary>Who wants to know what became of a record.</summary>
/// <param name="TakenAt">Time stamp of when it was taken in.</param>
/// <param name="Notify">Called with the outcome; null if nobody asked.</param>
/// <param name="Task">Completed with the outcome; null if nobody asked.</param>
internal readonly record struct RecordWaiter(long TakenAt, Action<Delivery>? Notify, TaskCompletionSource<Delivery>? Task);
