namespace GrainStream.Protocol.Messages;

/// <summary>What a coordinator is asked for.</summary>
public enum CoordinatorKeyType : sbyte
{
    Group = 0,
    Transaction = 1,

    /// <summary>A partition of a share group (KIP-932): group id, topic id and partition, joined by colons.</summary>
    Share = 2,
}
