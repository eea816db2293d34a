namespace GrainStream.Client.Grouping;

/// <summary>How a group shares out partitions.</summary>
public enum GroupProtocol
{
    /// <summary>Members assign among themselves at each rebalance; every broker has it.</summary>
    Classic,

    /// <summary>The coordinator assigns, and only what moves is given up (KIP-848); Kafka 4.0 and GrainStream have it.</summary>
    Consumer,
}
