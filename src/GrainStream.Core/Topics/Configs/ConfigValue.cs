namespace GrainStream.Core.Topics.Configs;

/// <summary>A setting as DescribeConfigs reports it.</summary>
/// <param name="Definition">What the setting is.</param>
/// <param name="Synonyms">Every place that has a value, the one that counts first; never empty.</param>
public sealed record ConfigValue(ConfigDefinition Definition, IReadOnlyList<ConfigSynonym> Synonyms)
{
    /// <summary>The value that counts.</summary>
    public string Value => Synonyms[0].Value;

    /// <summary>Where it comes from.</summary>
    public ConfigSource Source => Synonyms[0].Source;

    public bool IsDefault => Source == ConfigSource.Default;
}
