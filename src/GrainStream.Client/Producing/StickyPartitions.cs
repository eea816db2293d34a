using System.Collections.Concurrent;
using GrainStream.Client.Clusters;

namespace GrainStream.Client.Producing;

/// <summary>
/// Chooses partitions for records without a key: all go to one until its batch is closed, then to another (KIP-480), which makes fewer and fuller
/// batches than taking turns. Thread-safe; a race costs a smaller batch and nothing else.
/// </summary>
internal sealed class StickyPartitions
{
    private readonly ConcurrentDictionary<string, Choice> _choices = new(StringComparer.Ordinal);

    public int Choose(TopicMetadata topic)
    {
        if (topic.Partitions.Count == 1)
        {
            return 0;
        }

        bool isKnown = _choices.TryGetValue(topic.Name, out Choice choice);
        if (isKnown && !choice.IsOver && !choice.Batch.IsSealed && choice.Partition < topic.Partitions.Count)
        {
            return choice.Partition;
        }

        int[] led = [.. topic.Partitions.Where(partition => partition.Leader >= 0).Select(partition => partition.Index)];
        int[] others = isKnown ? [.. led.Where(index => index != choice.Partition)] : led;
        int[] candidates = others.Length > 0 ? others : led;
        return candidates.Length > 0 ? candidates[Random.Shared.Next(candidates.Length)] : Random.Shared.Next(topic.Partitions.Count);
    }

    /// <summary>A record went to that batch of the partition that was chosen.</summary>
    public void Note(string topic, int partition, ProducerBatch batch)
    {
        bool isKnown = _choices.TryGetValue(topic, out Choice choice);
        if (!isKnown || choice.Batch != batch)
        {
            // A record that found the chosen batch full has begun the next one of the same partition; then it is another partition's turn all the same.
            _choices[topic] = new Choice(partition, batch, IsOver: isKnown && choice.Partition == partition && !choice.IsOver);
        }
    }

    private readonly record struct Choice(int Partition, ProducerBatch Batch, bool IsOver);
}
