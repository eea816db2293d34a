using System.Collections.Concurrent;
using GrainStream.Client.Clusters;
using GrainStream.Client.Errors;
using GrainStream.Protocol;

namespace GrainStream.Client.Producing;

/// <summary>The producer's loop: takes batches that are due, sends those of one leader together, and settles what the leader answers.</summary>
internal sealed class ProducerSender : IAsyncDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly Cluster _cluster;
    private readonly ProducerOptions _options;
    private readonly ConcurrentDictionary<TopicPartition, PartitionQueue> _queues;
    private readonly BufferRoom _room;
    private readonly BuilderPool _builders;
    private readonly ProduceCall _call;
    private readonly Signal _signal = new();
    private readonly BackgroundTasks _lookups;
    private readonly ConcurrentDictionary<string, Exception> _lookupFailures = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _sending = new();
    private readonly Task _loop;
    private int _flushing;
    private volatile bool _isStopping;
    private Exception? _unheardFailure;

    public ProducerSender(
        Cluster cluster, ProducerOptions options, ConcurrentDictionary<TopicPartition, PartitionQueue> queues, BufferRoom room, BuilderPool builders)
    {
        _cluster = cluster;
        _options = options;
        _queues = queues;
        _room = room;
        _builders = builders;
        _call = new ProduceCall(cluster, options);
        _lookups = new BackgroundTasks(Wake);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>There is something new to look at.</summary>
    public void Wake() => _signal.Set();

    /// <summary>Until it is disposed, nothing lingers.</summary>
    public IDisposable BeginFlush()
    {
        Interlocked.Increment(ref _flushing);
        Wake();
        return new FlushScope(this);
    }

    public void ThrowUnheardFailure()
    {
        if (Interlocked.Exchange(ref _unheardFailure, null) is { } failure)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Stops the loop. All batches have been delivered or given up by then.</summary>
    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        Wake();
        await _loop;
        await Task.WhenAll(_sending.Keys);
        await _lookups.DrainAsync();
        _call.Dispose();
        _signal.Dispose();
    }

    private async Task RunAsync()
    {
        Dictionary<int, List<(PartitionQueue Queue, ProducerBatch Batch)>> due = [];
        while (!_isStopping)
        {
            TimeSpan wait = Collect(due);
            foreach ((int leader, List<(PartitionQueue Queue, ProducerBatch Batch)> batches) in due)
            {
                Task sending = SendAsync(leader, batches);
                if (!sending.IsCompleted)
                {
                    _sending.TryAdd(sending, true);
                    _ = sending.ContinueWith(done => _sending.TryRemove(done, out _), TaskScheduler.Default);
                }
            }

            due.Clear();
            await _signal.WaitAsync(wait);
        }
    }

    /// <summary>Gathers batches that are due by the leaders they go to. Returns how long until there may be more.</summary>
    private TimeSpan Collect(Dictionary<int, List<(PartitionQueue Queue, ProducerBatch Batch)>> due)
    {
        TimeSpan next = Timeout.InfiniteTimeSpan;
        foreach (PartitionQueue queue in _queues.Values)
        {
            if (queue.Wait(Volatile.Read(ref _flushing) > 0) is not { } wait)
            {
                continue;
            }

            if (wait == TimeSpan.Zero)
            {
                ProducerBatch batch = queue.Begin();
                if (Expired(batch) is { } reason)
                {
                    GiveUp(queue, batch, reason);
                    next = ShortestWait;
                }
                else if (_cluster.Topics.TryGetPartition(queue.Partition) is { Leader: >= 0 and int leader })
                {
                    BatchesFor(due, leader).Add((queue, batch));
                }
                else
                {
                    LookUp(queue.Partition.Topic);
                    queue.Release(Retries.FirstPause);
                    wait = Retries.FirstPause;
                }
            }

            if (wait > TimeSpan.Zero && (next == Timeout.InfiniteTimeSpan || wait < next))
            {
                next = wait < ShortestWait ? ShortestWait : wait;
            }
        }

        return next;
    }

    private static List<(PartitionQueue Queue, ProducerBatch Batch)> BatchesFor(
        Dictionary<int, List<(PartitionQueue Queue, ProducerBatch Batch)>> due, int leader)
    {
        if (!due.TryGetValue(leader, out List<(PartitionQueue Queue, ProducerBatch Batch)>? batches))
        {
            due[leader] = batches = [];
        }

        return batches;
    }

    /// <summary>Asks who leads a topic's partitions now, beside the loop, once at a time.</summary>
    private void LookUp(string topic) => _lookups.Run(topic, async () =>
    {
        try
        {
            await _cluster.Topics.AskAsync(topic, CancellationToken.None);
        }
        catch (Exception e)
        {
            // The batches are held back a little and ask again; this is what they give as the reason when their time is up.
            _lookupFailures[topic] = e;
        }
    });

    private Exception? Expired(ProducerBatch batch)
    {
        if (_cluster.Options.Time.GetElapsedTime(batch.CreatedAt) < _options.DeliveryTimeout)
        {
            return null;
        }

        return batch.LastFailure ?? (_lookupFailures.TryGetValue(batch.Partition.Topic, out Exception? reason)
            ? reason
            : new KafkaErrorException(
                ErrorCode.RequestTimedOut, ApiKey.Produce, $"Records for {batch.Partition} were not delivered within {_options.DeliveryTimeout.TotalSeconds:0.#} s"));
    }

    private async Task SendAsync(int leader, List<(PartitionQueue Queue, ProducerBatch Batch)> batches)
    {
        try
        {
            List<(PartitionQueue Queue, ProducerBatch Batch)> request = [];
            int bytes = 0;
            List<Task> further = [];
            foreach ((PartitionQueue queue, ProducerBatch batch) in batches)
            {
                if (request.Count > 0 && bytes + batch.Builder.UncompressedSize > _options.RequestBytes)
                {
                    further.Add(SendRequestAsync(leader, request));
                    request = [];
                    bytes = 0;
                }

                request.Add((queue, batch));
                bytes += batch.Builder.UncompressedSize;
            }

            further.Add(SendRequestAsync(leader, request));
            await Task.WhenAll(further);
        }
        finally
        {
            Wake();
        }
    }

    private async Task SendRequestAsync(int leader, List<(PartitionQueue Queue, ProducerBatch Batch)> batches)
    {
        try
        {
            foreach ((PartitionQueue queue, ProducerBatch batch) in batches)
            {
                if (batch.Bytes.IsEmpty)
                {
                    await BuildAsync(queue, batch);
                }
            }

            IReadOnlyDictionary<TopicPartition, ProduceOutcome> outcomes = await _call.SendAsync(leader, batches);
            foreach ((PartitionQueue queue, ProducerBatch batch) in batches)
            {
                Settle(queue, batch, outcomes.TryGetValue(batch.Partition, out ProduceOutcome outcome)
                    ? outcome
                    : new ProduceOutcome(-1, new UnreadableResponseException($"The broker's answer leaves out partition {batch.Partition}.")));
            }
        }
        catch (Exception e)
        {
            // Whatever it is, the records' owners are told: nothing else waits for this task's outcome.
            foreach ((PartitionQueue queue, ProducerBatch batch) in batches)
            {
                Settle(queue, batch, new ProduceOutcome(-1, e));
            }
        }
    }

    private async Task BuildAsync(PartitionQueue queue, ProducerBatch batch)
    {
        if (!_options.IsIdempotent || _options.Acks != Acks.All)
        {
            batch.Build();
            return;
        }

        if (queue.Identity is null)
        {
            queue.Identity = await _call.GetIdentityAsync(queue.NeedsOwnIdentity);
            queue.NextSequence = 0;
        }

        batch.Build(queue.Identity, queue.NextSequence);

        // Sequence numbers go round after the greatest one.
        queue.NextSequence = (int)((queue.NextSequence + (long)batch.Builder.RecordCount) & int.MaxValue);
    }

    private void Settle(PartitionQueue queue, ProducerBatch batch, ProduceOutcome outcome)
    {
        if (outcome.Error is null)
        {
            queue.Remove();
            Finish(batch, outcome.BaseOffset, error: null);
            return;
        }

        _cluster.Topics.Forget(batch.Partition.Topic);
        batch.LastFailure = outcome.Error;
        bool isSequenceLost = outcome.Error is KafkaErrorException
        {
            Error: ErrorCode.OutOfOrderSequenceNumber or ErrorCode.UnknownProducerId or ErrorCode.InvalidProducerEpoch,
        };
        if (isSequenceLost)
        {
            // The broker refused it, so it is not in the log: it may go there under a new identity, which begins anew.
            ForgetIdentity(queue);
            batch.Unbuild();
        }

        if (isSequenceLost || outcome.Error is KafkaException { IsRetriable: true })
        {
            if (_cluster.Options.Time.GetElapsedTime(batch.CreatedAt) < _options.DeliveryTimeout)
            {
                queue.Release(Retries.PauseAfter(++batch.Failures));
                return;
            }
        }

        GiveUp(queue, batch, outcome.Error);
    }

    private void GiveUp(PartitionQueue queue, ProducerBatch batch, Exception reason)
    {
        // It may or may not be in the log: what follows cannot be numbered on from it.
        ForgetIdentity(queue);
        queue.Remove();
        Finish(batch, -1, reason);
    }

    private static void ForgetIdentity(PartitionQueue queue)
    {
        queue.Identity = null;
        queue.NeedsOwnIdentity = true;
    }

    private void Finish(ProducerBatch batch, long baseOffset, Exception? error)
    {
        long reserved = batch.ReservedBytes;
        if (batch.Complete(baseOffset, error, _cluster.Options.Time))
        {
            Interlocked.CompareExchange(ref _unheardFailure, error, null);
        }

        _builders.Return(batch.Builder);
        _room.Return(reserved);
    }

    private sealed class FlushScope(ProducerSender sender) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref sender._flushing);
    }
}
