using GrainStream.Core.Topics.Configs;
using GrainStream.Protocol;

namespace GrainStream.Core.Topics;

/// <summary>Checks how many partitions a topic is to have, how many copies, and where: on a cluster of one broker.</summary>
internal static class Placement
{
    /// <summary>For a topic to be created.</summary>
    public static ErrorCode Check(CreateTopic command, BrokerConfig broker, int nodeId, out int partitions, out string? message)
    {
        message = null;
        if (command.Assignments.Count > 0)
        {
            partitions = command.Assignments.Count;
            if (command.Partitions != -1 || command.ReplicationFactor != -1)
            {
                message = "The request assigns partitions to brokers and also gives a partition count or replication factor. " +
                    "Leave those at -1.";
                return ErrorCode.InvalidRequest;
            }

            return ReplicaAssignment.Check(command.Assignments, 0, nodeId, out message);
        }

        partitions = command.Partitions == -1 ? broker.NumPartitions : command.Partitions;
        if (partitions < 1)
        {
            message = $"A topic cannot have {partitions} partitions. Ask for at least 1, or -1 for the broker's num.partitions " +
                $"({broker.NumPartitions}).";
            return ErrorCode.InvalidPartitions;
        }

        if (command.ReplicationFactor is not (-1 or 1))
        {
            message = $"A replication factor of {command.ReplicationFactor} is not possible: this cluster has 1 broker. " +
                "Use 1, or -1 for the default.";
            return ErrorCode.InvalidReplicationFactor;
        }

        return ErrorCode.None;
    }

    /// <summary>For a topic to have <paramref name="total"/> partitions from here on.</summary>
    public static ErrorCode CheckGrowth(
        Topic topic, int total, IReadOnlyList<ReplicaAssignment> assignments, int nodeId, out string? message)
    {
        if (total <= topic.PartitionCount)
        {
            message = $"Topic {topic.Name} has {topic.PartitionCount} partitions; {total} would be no increase. Ask for more; " +
                "partitions cannot be taken away.";
            return ErrorCode.InvalidPartitions;
        }

        int added = total - topic.PartitionCount;
        if (assignments.Count > 0 && assignments.Count != added)
        {
            message = $"The request assigns {assignments.Count} partitions but adds {added}. Assign each new partition, or none.";
            return ErrorCode.InvalidReplicaAssignment;
        }

        return ReplicaAssignment.Check(assignments, topic.PartitionCount, nodeId, out message);
    }
}
