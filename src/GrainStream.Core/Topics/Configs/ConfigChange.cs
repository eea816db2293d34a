namespace GrainStream.Core.Topics.Configs;

/// <summary>One entry of an incremental alteration. <paramref name="Value"/> is ignored by <see cref="ConfigOperation.Delete"/>.</summary>
public readonly record struct ConfigChange(string Name, ConfigOperation Operation, string? Value)
{
    internal static ConfigChange Setting(KeyValuePair<string, string?> config) => new(config.Key, ConfigOperation.Set, config.Value);
}
