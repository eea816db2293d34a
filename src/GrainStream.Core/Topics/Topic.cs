using GrainStream.Core.Topics.Configs;
using GrainStream.Protocol;

namespace GrainStream.Core.Topics;

/// <summary>A topic as it is at one moment. Immutable: the catalogue replaces it when something about it changes.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Name">Its name, unique among the topics there are.</param>
/// <param name="PartitionCount">Partitions 0 to this, exclusive.</param>
/// <param name="Overrides">Settings of its own.</param>
/// <param name="Config">Its settings as they count.</param>
public sealed record Topic(TopicId Id, string Name, int PartitionCount, ConfigOverrides Overrides, EffectiveTopicConfig Config);
