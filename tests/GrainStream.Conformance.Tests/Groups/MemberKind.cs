using System.Text.Json.Serialization;

namespace GrainStream.Conformance.Tests.Groups;

/// <summary>A client and how it takes part in groups.</summary>
/// <param name="Name">What it is called in test names.</param>
/// <param name="Client">The client.</param>
/// <param name="Assignor">Who shares the partitions out; null for the client's only or default one.</param>
/// <param name="Protocol">The group protocol, "classic" or "consumer" (KIP-848).</param>
public sealed record MemberKind(string Name, Client Client, string? Assignor, string Protocol = "classic")
{
    /// <summary>Every kind that joins, leaves and is killed.</summary>
    public static readonly IReadOnlyList<MemberKind> All =
    [
        new("confluent range", Client.ConfluentGroups, "range"),
        new("confluent roundrobin", Client.ConfluentGroups, "roundrobin"),
        new("confluent cooperative-sticky", Client.ConfluentGroups, "cooperative-sticky"),
        new("kafka-python range", Client.KafkaPythonGroups, "range"),
        new("kafka-python roundrobin", Client.KafkaPythonGroups, "roundrobin"),
        new("kafkajs", Client.KafkajsGroups, null),
        new("kafka-javascript cooperative-sticky", Client.KafkaJavaScriptGroups, "cooperative-sticky"),
        new("kafka-javascript range", Client.KafkaJavaScriptGroups, "range"),
        new("kafka-javascript consumer uniform", Client.KafkaJavaScriptGroups, "uniform", "consumer"),
        new("kafka-javascript consumer range", Client.KafkaJavaScriptGroups, "range", "consumer"),
    ];

    /// <summary>The kind of that name.</summary>
    public static MemberKind Of(string name) => All.Single(kind => kind.Name == name);

    public override string ToString() => Name;
}

/// <summary>What a member is told; the scripts in clients/ read it as JSON.</summary>
/// <param name="Group">The group's id.</param>
/// <param name="Topics">Topics to read; one that begins with ^ is a regular expression.</param>
internal sealed record MemberConfig(
    [property: JsonPropertyName("group")] string Group,
    [property: JsonPropertyName("topics")] string[] Topics)
{
    /// <summary>Milliseconds; the least that brokers allow by default.</summary>
    [JsonPropertyName("sessionTimeoutMs")]
    public int SessionTimeoutMs { get; init; } = 6000;

    /// <summary>Name that a static member keeps; null for a dynamic one.</summary>
    [JsonPropertyName("instance")]
    public string? Instance { get; init; }

    /// <summary>Whether each record's offset is committed, synchronously, after it was told of.</summary>
    [JsonPropertyName("commit")]
    public bool Commit { get; init; } = true;

    /// <summary>Set by <see cref="GroupMember"/>.</summary>
    [JsonPropertyName("assignor")]
    public string? Assignor { get; init; }

    /// <summary>Set by <see cref="GroupMember"/>.</summary>
    [JsonPropertyName("protocol")]
    public string? Protocol { get; init; }
}
