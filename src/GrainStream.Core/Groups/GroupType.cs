namespace GrainStream.Core.Groups;

/// <summary>The protocol a group's members speak. The names are those that ListGroups shows.</summary>
public enum GroupType
{
    /// <summary>JoinGroup, SyncGroup, Heartbeat: the members assign partitions among themselves. Also groups that only keep offsets.</summary>
    Classic,

    /// <summary>ConsumerGroupHeartbeat (KIP-848): the broker assigns partitions.</summary>
    Consumer,
}
