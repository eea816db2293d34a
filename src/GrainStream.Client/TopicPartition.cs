namespace GrainStream.Client;

/// <summary>One partition of a topic, by name. <paramref name="Partition"/> is 0-based.</summary>
public readonly record struct TopicPartition(string Topic, int Partition) : IComparable<TopicPartition>
{
    /// <summary>By topic, then by partition.</summary>
    public int CompareTo(TopicPartition other)
    {
        int byTopic = string.CompareOrdinal(Topic, other.Topic);
        return byTopic != 0 ? byTopic : Partition.CompareTo(other.Partition);
    }

    public static bool operator <(TopicPartition left, TopicPartition right) => left.CompareTo(right) < 0;
    public static bool operator >(TopicPartition left, TopicPartition right) => left.CompareTo(right) > 0;
    public static bool operator <=(TopicPartition left, TopicPartition right) => left.CompareTo(right) <= 0;
    public static bool operator >=(TopicPartition left, TopicPartition right) => left.CompareTo(right) >= 0;
    public override string ToString() => $"{Topic}-{Partition}";
}
