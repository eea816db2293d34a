namespace GrainStream.Client.Connections;

/// <summary>
/// What a connection is for. A broker answers a connection's requests in order, so that requests which wait at the broker have connections of
/// their own.
/// </summary>
internal enum ConnectionUse
{
    /// <summary>Metadata and administration.</summary>
    General,

    Produce,

    /// <summary>Waits for new records.</summary>
    Fetch,

    /// <summary>JoinGroup and SyncGroup, which wait for the other members.</summary>
    Membership,

    /// <summary>Heartbeats and commits, which must not wait behind those.</summary>
    Heartbeat,
}
