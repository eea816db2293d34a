namespace GrainStream.Client.Producing;

/// <summary>Who must have a record before it counts as delivered.</summary>
public enum Acks : short
{
    /// <summary>All in-sync replicas.</summary>
    All = -1,

    /// <summary>Nobody: it has been sent, and errors go unnoticed.</summary>
    None = 0,

    /// <summary>The partition's leader.</summary>
    Leader = 1,
}
