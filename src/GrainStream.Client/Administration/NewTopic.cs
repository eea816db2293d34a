namespace GrainStream.Client.Administration;

/// <summary>A topic to be created.</summary>
/// <param name="Name">1 to 249 of letters, digits, dot, underscore and dash.</param>
public sealed record NewTopic(string Name)
{
    /// <summary>How many; -1 for the broker's <c>num.partitions</c>.</summary>
    public int Partitions { get; init; } = -1;

    /// <summary>How many brokers hold each partition; -1 for the broker's <c>default.replication.factor</c>.</summary>
    public short ReplicationFactor { get; init; } = -1;

    /// <summary>Settings that differ from the broker's defaults, by Kafka's names.</summary>
    public IReadOnlyDictionary<string, string> Configs { get; init; } = new Dictionary<string, string>();
}
