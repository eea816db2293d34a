using System.Collections.Concurrent;
using GrainStream.Client.Clusters;

namespace GrainStream.Client.Producing;

/// <summary>
/// Chooses partitions for records without a key: all go to one until its batch is closed, then to another (KIP-480), which makes fewer and fuller
/// batches than taking turns. Thread-safe; a race costs a smaller batch and nothing else.
/// </summary>
internal sealed class StickyPartitions
{
    private readonly ConcurrentDictionary<string, (int Partition, ProducerBatch Batch)> _choices = new(StringComparer.Ordinal);

    public int Choose(TopicMetadata topic)
    {
        if (_choices.TryGetValue(topic.Name, out (int Partition, ProducerBatch Batch) choice)
            && !choice.Batch.IsSealed && choice.Partition < topic.Partitions.Count)
        {
            return choice.Partition;
        }

        int[] led = [.. topic.Partitions.Where(partition => partition.Leader >= 0).Select(partition => partition.Index)];
        return led.Length > 0 ? led[Random.Shared.Next(led.Length)] : Random.Shared.Next(topic.Partitions.Count);
    }

    /// <summary>A record went to that batch of the partition that was chosen.</summary>
    public void Note(string topic, int partition, ProducerBatch batch)
    {
        if (!_choices.TryGetValue(topic, out (int Partition, ProducerBatch Batch) choice) || choice.Batch != batch)
        {
            _choices[topic] = (partition, batch);
        }
    }
}
