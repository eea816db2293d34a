namespace GrainStream.Client.Administration;

/// <summary>A change to one setting.</summary>
/// <param name="Name">By Kafka's name, such as <c>retention.ms</c>.</param>
/// <param name="Value">The value to set; null takes the setting back to its default.</param>
public sealed record ConfigChange(string Name, string? Value);
