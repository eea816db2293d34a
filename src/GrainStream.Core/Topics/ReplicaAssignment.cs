using GrainStream.Protocol;

namespace GrainStream.Core.Topics;

/// <summary>The brokers a client wants for a partition of a topic to be created; the first is to lead it.</summary>
public readonly record struct ReplicaAssignment(int Partition, IReadOnlyList<int> BrokerIds)
{
    /// <summary>
    /// Checks that <paramref name="assignments"/> name partitions <paramref name="first"/> and following once each, every one on the
    /// only broker there is.
    /// </summary>
    internal static ErrorCode Check(IReadOnlyList<ReplicaAssignment> assignments, int first, int nodeId, out string? message)
    {
        long end = first + (long)assignments.Count;
        var partitions = new HashSet<int>();
        foreach (ReplicaAssignment assignment in assignments)
        {
            int partition = assignment.Partition;
            if (partition < first || partition >= end || !partitions.Add(partition))
            {
                message = $"The assignment names partition {partition}. Name partitions {first} to {end - 1} once each.";
                return ErrorCode.InvalidReplicaAssignment;
            }

            if (assignment.BrokerIds.Count != 1 || assignment.BrokerIds[0] != nodeId)
            {
                message = $"Partition {partition} is assigned to brokers [{string.Join(", ", assignment.BrokerIds.Take(10))}], but the " +
                    $"only broker of this cluster is {nodeId}. Assign it to [{nodeId}], or leave the assignment out.";
                return ErrorCode.InvalidReplicaAssignment;
            }
        }

        message = null;
        return ErrorCode.None;
    }
}
