namespace GrainStream.Runtime.Ports;

/// <summary>What became of an append to the journal.</summary>
public enum JournalAppendStatus
{
    /// <summary>Queued; the appender will be told when it is durable.</summary>
    Appended,

    /// <summary>The disk is full; nothing was appended. Tried again with each append; recovers when space returns.</summary>
    NoSpace,

    /// <summary>The journal has failed or is stopping; nothing was appended.</summary>
    Closed,
}
