using System.Collections.Concurrent;
using GrainStream.Client.Clusters;
using GrainStream.Client.Errors;
using GrainStream.Protocol.Records;

namespace GrainStream.Client.Producing;

/// <summary>
/// Sends records: gathers them in batches, sends these to the partitions' leaders, and retries what may pass. Records of a partition arrive in the order
/// they were taken in, each once if the producer is idempotent. Thread-safe.
/// </summary>
public sealed class Producer : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly ProducerOptions _options;
    private readonly ConcurrentDictionary<TopicPartition, PartitionQueue> _queues = new();
    private readonly StickyPartitions _sticky = new();
    private readonly BufferRoom _room;
    private readonly BuilderPool _builders;
    private readonly ProducerSender _sender;
    private readonly Func<RecordBatchBuilder> _newBuilder;
    private int _isDisposed;

    internal Producer(Cluster cluster, ProducerOptions options)
    {
        if (!RecordCodec.IsSupported(options.Compression))
        {
            throw new NotSupportedException(RecordCodec.Missing.FirstOrDefault(missing => missing.Codec == options.Compression)?.ToString()
                ?? $"There is no compression {options.Compression}.");
        }

        _cluster = cluster;
        _options = options;
        _room = new BufferRoom(options.BufferBytes);
        _builders = new BuilderPool(options.Compression);
        _newBuilder = _builders.Take;
        _sender = new ProducerSender(cluster, options, _queues, _room, _builders);
    }

    /// <summary>Sends a record and waits until it has been delivered. For many records, do not wait for each, or use <see cref="EnqueueAsync"/>.</summary>
    /// <exception cref="KafkaException">It was not delivered.</exception>
    public async Task<Delivery> ProduceAsync(OutgoingRecord record, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        TaskCompletionSource<Delivery> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await EnqueueAsync(record, notify: null, outcome, cancellation);
        return await outcome.Task.WaitAsync(cancellation);
    }

    /// <summary>Takes a record in and returns as soon as there is room for it: at once as a rule, later if brokers are slower than the caller.</summary>
    /// <param name="record">Copied.</param>
    /// <param name="onDelivery">
    /// Called once with the outcome, on a thread of the producer: it must be quick and not throw. Null: <see cref="FlushAsync"/> throws the first failure.
    /// </param>
    /// <param name="cancellation">Stops waiting for room.</param>
    /// <exception cref="KafkaException">There is no such topic.</exception>
    public ValueTask EnqueueAsync(OutgoingRecord record, Action<Delivery>? onDelivery = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        return EnqueueAsync(record, onDelivery, task: null, cancellation);
    }

    /// <summary>Sends what was taken in so far without lingering, and waits for it.</summary>
    /// <exception cref="KafkaException">A record whose outcome nobody asked for was not delivered; the first of them since the last flush.</exception>
    public async Task FlushAsync(CancellationToken cancellation = default)
    {
        using (_sender.BeginFlush())
        {
            await Task.WhenAll(_queues.Values.SelectMany(queue => queue.Outcomes())).WaitAsync(cancellation);
        }

        _sender.ThrowUnheardFailure();
    }

    /// <summary>Delivers what was taken in, or gives up after <see cref="ProducerOptions.DeliveryTimeout"/>, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        using (_sender.BeginFlush())
        {
            await Task.WhenAll(_queues.Values.SelectMany(queue => queue.Outcomes()));
        }

        await _sender.DisposeAsync();
        _builders.Dispose();
    }

    private ValueTask EnqueueAsync(OutgoingRecord record, Action<Delivery>? notify, TaskCompletionSource<Delivery>? task, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
        RecordWaiter waiter = new(_cluster.Options.Time.GetTimestamp(), notify, task);
        int size = ProducerBatch.SizeOf(record);
        ValueTask<TopicMetadata> topic = _cluster.Topics.GetAsync(record.Topic, cancellation);
        if (!topic.IsCompletedSuccessfully)
        {
            return WaitAsync(record, size, waiter, topic, cancellation);
        }

        ValueTask room = _room.TakeAsync(size, cancellation);
        if (!room.IsCompletedSuccessfully)
        {
            return WaitForRoomAsync(record, size, waiter, topic.Result, room);
        }

        Append(record, size, waiter, topic.Result);
        return ValueTask.CompletedTask;
    }

    private async ValueTask WaitAsync(OutgoingRecord record, int size, RecordWaiter waiter, ValueTask<TopicMetadata> topic, CancellationToken cancellation)
    {
        TopicMetadata known = await topic;
        await WaitForRoomAsync(record, size, waiter, known, _room.TakeAsync(size, cancellation));
    }

    private async ValueTask WaitForRoomAsync(OutgoingRecord record, int size, RecordWaiter waiter, TopicMetadata topic, ValueTask room)
    {
        await room;
        Append(record, size, waiter, topic);
    }

    private void Append(OutgoingRecord record, int size, RecordWaiter waiter, TopicMetadata topic)
    {
        bool isFree = record is { Partition: null, Key: null };
        int partition = record.Partition
            ?? (record.Key is { } key ? Murmur2.PartitionOf(key.Span, topic.Partitions.Count) : _sticky.Choose(topic));
        if (partition < 0 || partition >= topic.Partitions.Count)
        {
            _room.Return(size);
            throw new ArgumentOutOfRangeException(
                nameof(record), $"Topic {topic.Name} has no partition {partition}: it has {topic.Partitions.Count}, numbered from 0.");
        }

        TopicPartition target = new(topic.Name, partition);
        PartitionQueue queue = _queues.GetOrAdd(target, static (added, self) => new PartitionQueue(added, self._options, self._cluster.Options.Time), this);
        (ProducerBatch batch, bool isNews) = queue.Append(record, size, waiter, _newBuilder);
        if (isFree)
        {
            _sticky.Note(topic.Name, partition, batch);
        }

        if (isNews)
        {
            _sender.Wake();
        }
    }
}
