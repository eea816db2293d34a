using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Inspection;

/// <summary>
/// Whether a stopped node's journal and its object store fit together:
/// <code>
/// journal:   S ............ T ............... L      T may lag behind E, when a crash came between the manifest and the journal's note of it;
/// manifest:  S' ................. E                  S' may lag behind S, and then so may E behind T: what lies below S is nobody's any more
/// </code>
/// </summary>
public static class JournalAndStore
{
    /// <summary>Gives what does not fit, and what belongs to nobody.</summary>
    /// <param name="journal">What the node knows.</param>
    /// <param name="store">What its object store holds.</param>
    public static IEnumerable<StoreFinding> Compare(ReplayedNode journal, StoreVerification store)
    {
        Dictionary<PartitionId, StoredPartition> stored = store.Partitions.ToDictionary(partition => partition.Partition);
        HashSet<PartitionId> unreadable = [.. store.UnreadablePartitions];
        foreach (ReplayedPartition partition in journal.Partitions)
        {
            if (!unreadable.Contains(partition.Partition)
                && Contradiction(partition, stored.GetValueOrDefault(partition.Partition)) is { } what)
            {
                yield return new StoreFinding(
                    StoreFindingKind.Contradictory,
                    ManifestName.Of(partition.Partition),
                    StoredObjectKind.Manifest,
                    0,
                    $"Partition {partition.Topic}-{partition.Partition.Index}: {what}");
            }
        }

        HashSet<PartitionId> known = [.. journal.Partitions.Select(partition => partition.Partition)];
        foreach (StoredPartition partition in store.Partitions.Where(partition => !known.Contains(partition.Partition)))
        {
            string found = $"{partition.Segments} segments with {partition.DataBytes} bytes of partition {partition.Partition}";
            bool isDeleted = journal.DeletedTopics.Contains(partition.Partition.Topic);
            yield return new StoreFinding(
                isDeleted ? StoreFindingKind.Unreferenced : StoreFindingKind.Contradictory,
                ManifestName.Of(partition.Partition),
                StoredObjectKind.Manifest,
                0,
                isDeleted
                    ? $"{found}, whose topic is deleted."
                    : $"{found}, of which the journal has never heard: the journal is older than the object store.");
        }
    }

    private static string? Contradiction(ReplayedPartition journal, StoredPartition? store)
    {
        Offset start = journal.LogStart;
        Offset end = store?.End ?? default;
        if (end < journal.TieredEnd && start < journal.TieredEnd)
        {
            Offset missing = end > start ? end : start;
            return $"the journal says that offsets [{start}, {journal.TieredEnd}) are in the object store, "
                + (store is null ? "which has no manifest of it." : $"whose manifest ends at {end}: [{missing}, {journal.TieredEnd}) is missing.");
        }

        if (store is null)
        {
            return null;
        }

        if (end > journal.LogEnd)
        {
            return $"the manifest ends at {end}, the journal at {journal.LogEnd}: the journal is older than the object store.";
        }

        return store.LogStart > start
            ? $"the log starts at {store.LogStart} by the manifest, at {start} by the journal: the journal is older than the object store."
            : null;
    }
}
