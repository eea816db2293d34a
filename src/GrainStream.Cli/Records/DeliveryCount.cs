using GrainStream.Client.Producing;

namespace GrainStream.Cli.Records;

/// <summary>Counts what became of records. Thread-safe.</summary>
internal sealed class DeliveryCount
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, (long First, long Last, long Count)> _partitions = [];
    private long _delivered;
    private long _failed;

    public long Delivered => Interlocked.Read(ref _delivered);

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>The first failure there was.</summary>
    public Exception? FirstFailure { get; private set; }

    /// <summary>By partition: first and last offset, and how many.</summary>
    public IReadOnlyDictionary<int, (long First, long Last, long Count)> Partitions => _partitions;

    public void Take(Delivery delivery)
    {
        if (delivery.Error is not null)
        {
            Interlocked.Increment(ref _failed);
            lock (_lock)
            {
                FirstFailure ??= delivery.Error;
            }

            return;
        }

        Interlocked.Increment(ref _delivered);
        lock (_lock)
        {
            int partition = delivery.Partition.Partition;
            _partitions[partition] = _partitions.TryGetValue(partition, out (long First, long Last, long Count) range)
                ? (Math.Min(range.First, delivery.Offset), Math.Max(range.Last, delivery.Offset), range.Count + 1)
                : (delivery.Offset, delivery.Offset, 1);
        }
    }
}
