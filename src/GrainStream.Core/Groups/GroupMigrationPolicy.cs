namespace GrainStream.Core.Groups;

/// <summary>Which groups may change their protocol while they have members (group.consumer.migration.policy, KIP-848).</summary>
public enum GroupMigrationPolicy
{
    /// <summary>None.</summary>
    Disabled,

    /// <summary>Classic groups become consumer groups when the first consumer-protocol member joins.</summary>
    Upgrade,

    /// <summary>Consumer groups become classic groups when the last consumer-protocol member leaves.</summary>
    Downgrade,

    /// <summary>Both.</summary>
    Bidirectional,
}
