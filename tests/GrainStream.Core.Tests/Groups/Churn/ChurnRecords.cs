using GrainStream.Core.Groups.Events;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Groups.Churn;

/// <summary>The shadow of one run: what was produced, processed and committed, and who believes to own what. Says when a promise is broken.</summary>
internal sealed class ChurnRecords(ChurnWorld world)
{
    private readonly SortedDictionary<string, Partition> _partitions = new(StringComparer.Ordinal);
    private readonly Dictionary<PartitionId, Partition> _byId = [];

    public IEnumerable<PartitionId> All => _partitions.Values.Select(partition => partition.Id);

    /// <summary>Every record was processed, and the group knows it.</summary>
    public bool IsAllDone => _partitions.Values.All(partition => partition.FirstUnprocessed == partition.End && partition.Committed == partition.End);

    public void Add(string topic, PartitionId id)
    {
        var partition = new Partition(id, $"{topic}-{id.Index}");
        _partitions.Add(partition.Name, partition);
        _byId.Add(id, partition);
    }

    public string NameOf(PartitionId id) => _byId[id].Name;

    public long EndOf(PartitionId id) => _byId[id].End;

    public void Produce(PartitionId id, int count) => _byId[id].End += count;

    public void Process(PartitionId id, long from, long to)
    {
        Partition partition = _byId[id];
        while (partition.Processed.Count < to)
        {
            partition.Processed.Add(false);
        }

        for (long offset = from; offset < to; offset++)
        {
            partition.Processed[(int)offset] = true;
        }

        while (partition.FirstUnprocessed < partition.Processed.Count && partition.Processed[(int)partition.FirstUnprocessed])
        {
            partition.FirstUnprocessed++;
        }
    }

    /// <summary>A commit has become durable.</summary>
    public void Committed(OffsetsCommitted committed)
    {
        foreach (OffsetsCommitted.TopicOffsets topic in committed.Topics)
        {
            foreach (OffsetsCommitted.PartitionOffset offset in topic.Partitions)
            {
                Partition partition = _byId[new PartitionId(new TopicId(topic.TopicId), offset.Index)];
                world.Tell($"  durable: {partition.Name}@{offset.Offset}");
                Require(offset.Offset >= partition.Committed, $"The offset of {partition.Name} goes back from {partition.Committed} to {offset.Offset}.");
                Require(
                    offset.Offset <= partition.FirstUnprocessed,
                    $"{partition.Name}@{partition.FirstUnprocessed} would be skipped: {offset.Offset} is committed, and nobody has processed it.");
                partition.Committed = offset.Offset;
            }
        }
    }

    /// <summary>A client begins to work on a partition. Nobody else may be at it whose membership still counts.</summary>
    public void Own(ChurnClient client, PartitionId id)
    {
        Partition partition = _byId[id];
        foreach (ChurnClient other in partition.Owners)
        {
            Require(
                other == client || !client.IsMember || !other.IsMember,
                $"{partition.Name} is owned twice: by {client.Story} and by {other.Story}, and both are members.");
        }

        partition.Owners.Add(client);
    }

    public void Disown(ChurnClient client, PartitionId id) => _byId[id].Owners.Remove(client);

    public string Unfinished() => string.Join(", ", _partitions.Values
        .Where(partition => partition.Committed != partition.End)
        .Select(partition => $"{partition.Name}: {partition.FirstUnprocessed} of {partition.End} processed, {partition.Committed} committed, owned by {string.Join(" and ", partition.Owners.Select(owner => owner.Story).DefaultIfEmpty("nobody"))}"));

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ChurnViolationException(message);
        }
    }

    private sealed class Partition(PartitionId id, string name)
    {
        public PartitionId Id { get; } = id;

        public string Name { get; } = name;

        public long End { get; set; }

        public long Committed { get; set; }

        public long FirstUnprocessed { get; set; }

        public List<bool> Processed { get; } = [];

        public HashSet<ChurnClient> Owners { get; } = [];
    }
}
