using GrainStream.Client.Administration;
using GrainStream.Client.Clusters;
using GrainStream.Client.Connections;
using GrainStream.Client.Errors;

namespace GrainStream.Client.Consuming;

/// <summary>
/// Reads partitions that the caller names. Fetching goes on in the background as far as the options allow; <see cref="PollAsync"/> gives out what has
/// arrived. For one thread at a time.
/// </summary>
public sealed class Consumer : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly ConsumerOptions _options;
    private readonly Fetcher _fetcher;
    private FetchedChunk? _current;
    private int _given;

    internal Consumer(Cluster cluster, ConsumerOptions options)
    {
        _cluster = cluster;
        _options = options;
        Connections = new ConnectionPool(cluster.Options);
        _fetcher = new Fetcher(cluster, options, Connections);
    }

    /// <summary>Partitions that are read now.</summary>
    public IReadOnlyCollection<TopicPartition> Assignment => [.. _fetcher.Partitions.Keys.Order()];

    /// <summary>Reads these partitions from now on, and those that are not among them no more.</summary>
    /// <param name="partitions">Each with where to begin.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="KafkaException">A partition is not there.</exception>
    public async Task AssignAsync(IReadOnlyDictionary<TopicPartition, StartPosition> partitions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        IReadOnlyDictionary<TopicPartition, long> starts = await ResolveAsync(partitions, cancellation);
        Unassign(Assignment);
        Assign(starts);
    }

    /// <summary>Records that have arrived, of one partition, in order.</summary>
    /// <param name="wait">How long to wait for some.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>At most <see cref="ConsumerOptions.MaxPollRecords"/>; none if the time is up.</returns>
    /// <exception cref="KafkaException">A partition cannot be read, and it does not pass by itself. Polling again goes on with the others.</exception>
    public Task<IReadOnlyList<ConsumedRecord>> PollAsync(TimeSpan wait, CancellationToken cancellation = default) =>
        PollAsync(wait, _options.MaxPollRecords, cancellation);

    /// <inheritdoc cref="PollAsync(TimeSpan, CancellationToken)"/>
    public async Task<IReadOnlyList<ConsumedRecord>> PollAsync(TimeSpan wait, int maxRecords, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRecords, 1);
        long began = _cluster.Options.Time.GetTimestamp();
        for (;;)
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryGive(maxRecords) is { Count: > 0 } records)
            {
                return records;
            }

            TimeSpan left = wait - _cluster.Options.Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return [];
            }

            await _fetcher.WaitAsync(left, cancellation);
        }
    }

    /// <summary>Offset after the last record that was given out, or where reading begins; null if the partition is not assigned.</summary>
    public long? PositionOf(TopicPartition partition) => _fetcher.Partitions.TryGetValue(partition, out FetchPartition? found) ? found.Position : null;

    /// <summary>End of the partition's committed records when it was last asked; null before, or if it is not assigned.</summary>
    public long? HighWatermarkOf(TopicPartition partition) =>
        _fetcher.Partitions.TryGetValue(partition, out FetchPartition? found) && found.HighWatermark >= 0 ? found.HighWatermark : null;

    /// <summary>Stops fetching.</summary>
    public async ValueTask DisposeAsync()
    {
        await _fetcher.DisposeAsync();
        await Connections.DisposeAsync();
    }

    /// <summary>This consumer's own: requests that wait at a broker must not hold up other consumers.</summary>
    internal ConnectionPool Connections { get; }

    /// <summary>Turns starts into offsets.</summary>
    internal async Task<IReadOnlyDictionary<TopicPartition, long>> ResolveAsync(
        IReadOnlyDictionary<TopicPartition, StartPosition> partitions, CancellationToken cancellation)
    {
        Dictionary<TopicPartition, long> starts = [];
        OffsetAdmin offsets = new(_cluster);
        foreach (IGrouping<StartPosition, TopicPartition> group in partitions.GroupBy(partition => partition.Value, partition => partition.Key))
        {
            TopicPartition[] members = [.. group];
            IReadOnlyDictionary<TopicPartition, long> found = group.Key.Kind switch
            {
                StartKind.Offset => members.ToDictionary(member => member, _ => group.Key.Value),
                StartKind.Beginning => await offsets.ListAsync(members, OffsetSpec.Earliest, cancellation),
                StartKind.End => await offsets.ListAsync(members, OffsetSpec.Latest, cancellation),
                _ => await offsets.ListAsync(members, OffsetSpec.At(DateTimeOffset.FromUnixTimeMilliseconds(group.Key.Value)), cancellation),
            };
            foreach (TopicPartition member in members)
            {
                starts[member] = found[member];
            }
        }

        return starts;
    }

    internal void Assign(IReadOnlyDictionary<TopicPartition, long> starts)
    {
        foreach ((TopicPartition partition, long start) in starts)
        {
            _fetcher.Add(new FetchPartition(partition, start));
        }
    }

    internal void Unassign(IEnumerable<TopicPartition> partitions)
    {
        foreach (TopicPartition partition in partitions)
        {
            _fetcher.Remove(partition);
        }
    }

    private ArraySegment<ConsumedRecord> TryGive(int maxRecords)
    {
        if (_current is { Owner.IsRevoked: true })
        {
            _current = null;
            _given = 0;
        }

        while (_current is not null || _fetcher.TryTake(out _current))
        {
            FetchedChunk chunk = _current;
            if (chunk.Error is { } error)
            {
                _current = null;
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
            }

            int count = Math.Min(maxRecords, chunk.Records.Length - _given);
            ArraySegment<ConsumedRecord> records = new(chunk.Records, _given, count);
            _given += count;
            if (_given == chunk.Records.Length)
            {
                _current = null;
                _given = 0;
            }

            chunk.Owner.Position = _current is null ? chunk.NextOffset : records[^1].Offset + 1;
            if (count > 0)
            {
                return records;
            }
        }

        _current = null;
        return [];
    }
}
