namespace GrainStream.Client.Grouping;

/// <summary>A group as lists show it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="State">Such as Stable or Empty; empty text where brokers do not tell (before Kafka 2.6).</param>
/// <param name="Type">classic, consumer or another type; empty text where brokers do not tell (before Kafka 3.8).</param>
/// <param name="ProtocolType">What it is for, "consumer" as a rule; empty text if nobody has ever joined.</param>
public sealed record GroupListing(string Id, string State, string Type, string ProtocolType);
