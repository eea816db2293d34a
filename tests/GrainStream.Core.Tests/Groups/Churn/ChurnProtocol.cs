namespace GrainStream.Core.Tests.Groups.Churn;

/// <summary>What the clients of a run speak.</summary>
public enum ChurnProtocol
{
    /// <summary>Classic: give everything up, join again.</summary>
    Eager,

    /// <summary>Classic, cooperative (KIP-429).</summary>
    Cooperative,

    /// <summary>The consumer protocol (KIP-848).</summary>
    Consumer,

    /// <summary>Each client as it likes: the group goes back and forth between the protocols.</summary>
    Migrating,
}
