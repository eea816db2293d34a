namespace GrainStream.Client.Grouping;

/// <summary>
/// Being a member of a group, by one of the protocols. Heartbeats go on in the background; all that changes partitions happens within
/// <see cref="ReconcileAsync"/>, so that the application is never surprised between two polls.
/// </summary>
internal interface IMembership : IAsyncDisposable
{
    /// <summary>What the member proves itself by; null while it is none.</summary>
    MemberIdentity? Identity { get; }

    /// <summary>Whether <see cref="ReconcileAsync"/> has something to do.</summary>
    bool NeedsReconciling { get; }

    /// <summary>Joins, or follows what the group has decided; ends when the member has its partitions.</summary>
    Task ReconcileAsync(CancellationToken cancellation);

    /// <summary>The application is alive.</summary>
    void NotePoll();

    /// <summary>The coordinator refused the member at a commit.</summary>
    void NoteRefusal(Protocol.ErrorCode error);

    /// <summary>Leaves the group, so that the others need not wait.</summary>
    Task LeaveAsync(CancellationToken cancellation);
}
