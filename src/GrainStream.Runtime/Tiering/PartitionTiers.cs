using System.Runtime.CompilerServices;
using GrainStream.Core.Topics.Configs;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Topics;

namespace GrainStream.Runtime.Tiering;

/// <summary>What is kept in mind of each partition that has anything to tier. Thread-safe.</summary>
internal sealed class PartitionTiers(PartitionDirectory directory)
{
    // Weak: goes with a deleted topic's partitions.
    private readonly ConditionalWeakTable<Partition, PartitionTier> _tiers = [];

    /// <summary>The topics there are now.</summary>
    public IEnumerable<HostedTopic> Topics => directory.Topics;

    /// <summary>The partitions there are now.</summary>
    public IEnumerable<Partition> Partitions => directory.All;

    public PartitionTier Of(Partition partition) => _tiers.GetValue(partition, static partition => new PartitionTier(partition));

    /// <summary>The settings of a partition's topic as they count now.</summary>
    public EffectiveTopicConfig ConfigOf(Partition partition) =>
        directory.Topics.First(topic => topic.Topic.Id == partition.Id.Topic).Topic.Config;

    /// <summary>All that anything is kept in mind of.</summary>
    public IEnumerable<PartitionTier> Known
    {
        get
        {
            foreach (Partition partition in directory.All)
            {
                if (_tiers.TryGetValue(partition, out PartitionTier? tier))
                {
                    yield return tier;
                }
            }
        }
    }

    /// <summary>Bytes that lie in no segment.</summary>
    public long UntieredBytes => directory.All.Sum(static partition => partition.Log.TailBytes);
}
