namespace GrainStream.Core.Topics.Configs;

/// <summary>One place that has a value for a setting, perhaps under another name.</summary>
public sealed record ConfigSynonym(string Name, string Value, ConfigSource Source);
