namespace GrainStream.Client.Administration;

/// <summary>A setting of a topic.</summary>
/// <param name="Name">By Kafka's name.</param>
/// <param name="Value">Null if it is secret or not set.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="IsReadOnly">Whether it cannot be changed at run time.</param>
/// <param name="IsSensitive">Whether brokers keep it secret.</param>
public sealed record ConfigEntry(string Name, string? Value, ConfigSource Source, bool IsReadOnly, bool IsSensitive)
{
    /// <summary>Whether somebody chose this value.</summary>
    public bool IsDefault => Source is ConfigSource.Default or ConfigSource.StaticBroker;
}
