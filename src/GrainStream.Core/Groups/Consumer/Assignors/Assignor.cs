using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer.Assignors;

/// <summary>
/// A way to share partitions out among the members of a group, on the broker's side (KIP-848). Pure: the same input gives the same result.
/// </summary>
/// <param name="Name">How clients and <c>group.consumer.assignors</c> name it.</param>
/// <param name="Assign">
/// From the members and the partition counts of all topics that they subscribe to, to what each member is to own: every member has an entry,
/// every partition of a topic goes to exactly one member that subscribes to the topic.
/// </param>
public sealed record Assignor(
    string Name,
    Func<IReadOnlyList<AssignorMember>, IReadOnlyDictionary<TopicId, int>, Dictionary<string, PartitionSet>> Assign)
{
    /// <summary>Balanced to within one partition as far as subscriptions allow, and sticky. Kafka's default.</summary>
    public static readonly Assignor Uniform = new("uniform", UniformAssignor.Assign);

    /// <summary>Contiguous ranges per topic; topics with equally many partitions are shared out alike.</summary>
    public static readonly Assignor Range = new("range", RangeAssignor.Assign);

    /// <summary>Finds an assignor by its name.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out Assignor? assignor)
    {
        assignor = name switch
        {
            "uniform" => Uniform,
            "range" => Range,
            _ => null,
        };
        return assignor is not null;
    }
}
