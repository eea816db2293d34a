using GrainStream.Protocol;

namespace GrainStream.Core.Topics;

/// <summary>Topics that the broker itself keeps, and names that are kept free for them.</summary>
public static class InternalTopics
{
    /// <summary>Name of the topic that holds the catalogue's events.</summary>
    public const string CatalogName = "__grainstream_catalog";

    /// <summary>What the name of a group's log begins with; the group's id follows.</summary>
    public const string GroupLogPrefix = "__grainstream_group_";

    private const string OwnPrefix = "__grainstream";

    /// <summary>Id of the topic that holds the catalogue's events. Fixed, since it must be found before anything is known.</summary>
    public static readonly TopicId CatalogId = new(new Guid(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));

    /// <summary>The catalogue's one partition.</summary>
    public static readonly PartitionId CatalogPartition = new(CatalogId, 0);

    // Kafka's own internal topics: clients know these names and take them for the broker's.
    private static readonly HashSet<string> KafkasOwn = new(StringComparer.Ordinal)
    {
        "__consumer_offsets", "__transaction_state", "__share_group_state", "__cluster_metadata",
    };

    /// <summary>The name belongs to the broker: clients can neither create nor delete such a topic.</summary>
    public static bool IsReserved(string name) => name.StartsWith(OwnPrefix, StringComparison.Ordinal) || KafkasOwn.Contains(name);
}
