namespace GrainStream.Runtime.Partitions;

/// <summary>When an append counts as done for its sender; the values are the protocol's <c>acks</c>.</summary>
public enum Acknowledgement : short
{
    /// <summary>On stable storage on every in-sync replica.</summary>
    All = -1,

    /// <summary>Placed in the log; nobody is told.</summary>
    None = 0,

    /// <summary>Written by the leader, not yet synced.</summary>
    Leader = 1,
}
