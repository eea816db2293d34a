using System.Collections.Concurrent;
using GrainStream.Client.Administration;
using GrainStream.Client.Clusters;
using GrainStream.Client.Connections;
using GrainStream.Client.Errors;
using GrainStream.Protocol;

namespace GrainStream.Client.Consuming;

/// <summary>Reads ahead of the application: keeps one request under way at each leader and a few chunks of each partition at hand.</summary>
internal sealed class Fetcher : IAsyncDisposable
{
    // While a partition waits for the application, a request for the others must not be long under way: the partition waits for it too.
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(20);

    private readonly Cluster _cluster;
    private readonly ConsumerOptions _options;
    private readonly FetchCall _call;
    private readonly ConcurrentDictionary<TopicPartition, FetchPartition> _partitions = new();
    private readonly ConcurrentQueue<FetchedChunk> _chunks = new();
    private readonly BackgroundTasks _tasks;
    private readonly Signal _work = new();
    private readonly Signal _arrived = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    public Fetcher(Cluster cluster, ConsumerOptions options, ConnectionPool connections)
    {
        _cluster = cluster;
        _options = options;
        _call = new FetchCall(cluster, options, connections);
        _tasks = new BackgroundTasks(Wake);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>What is assigned.</summary>
    public ConcurrentDictionary<TopicPartition, FetchPartition> Partitions => _partitions;

    public void Add(FetchPartition partition)
    {
        Remove(partition.Partition);
        _partitions[partition.Partition] = partition;
        _work.Set();
    }

    public void Remove(TopicPartition partition)
    {
        if (_partitions.TryRemove(partition, out FetchPartition? removed))
        {
            removed.IsRevoked = true;
        }
    }

    /// <summary>There may be more to fetch.</summary>
    public void Wake() => _work.Set();

    /// <summary>The next chunk of a partition that is still assigned, if there is one.</summary>
    public bool TryTake(out FetchedChunk chunk)
    {
        while (_chunks.TryDequeue(out chunk!))
        {
            Interlocked.Decrement(ref chunk.Owner.Waiting);
            if (!chunk.Owner.IsRevoked)
            {
                _work.Set();
                return true;
            }
        }

        return false;
    }

    /// <summary>Waits until a chunk may have arrived, or the time is up.</summary>
    public Task WaitAsync(TimeSpan limit, CancellationToken cancellation) => _arrived.WaitAsync(limit, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        await _tasks.DrainAsync();
        _stopping.Dispose();
        _work.Dispose();
        _arrived.Dispose();
    }

    private async Task RunAsync()
    {
        Dictionary<int, List<(FetchPartition Partition, int LeaderEpoch)>> due = [];
        while (!_stopping.IsCancellationRequested)
        {
            HashSet<int> leadersOfFull = [];
            TimeSpan wait = Collect(due, leadersOfFull);
            foreach ((int leader, List<(FetchPartition Partition, int LeaderEpoch)> partitions) in due)
            {
                partitions.ForEach(partition => partition.Partition.IsUnderWay = true);
                TimeSpan maxWait = leadersOfFull.Contains(leader) && ShortWait < _options.FetchMaxWait ? ShortWait : _options.FetchMaxWait;
                _tasks.Run(leader, () => FetchAsync(leader, partitions, maxWait));
            }

            due = [];
            try
            {
                await _work.WaitAsync(wait, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private TimeSpan Collect(Dictionary<int, List<(FetchPartition Partition, int LeaderEpoch)>> due, HashSet<int> leadersOfFull)
    {
        TimeSpan next = Timeout.InfiniteTimeSpan;
        foreach (FetchPartition partition in _partitions.Values)
        {
            if (partition.IsPaused || partition.IsUnderWay)
            {
                continue;
            }

            TimeSpan rest = partition.Failures == 0
                ? TimeSpan.Zero
                : Retries.PauseAfter(partition.Failures) - _cluster.Options.Time.GetElapsedTime(partition.LastFailureAt);
            if (rest > TimeSpan.Zero)
            {
                next = next == Timeout.InfiniteTimeSpan || rest < next ? rest : next;
                continue;
            }

            if (_cluster.Topics.TryGetPartition(partition.Partition) is not { Leader: >= 0 } known)
            {
                LookUp(partition);
            }
            else if (Volatile.Read(ref partition.Waiting) >= _options.ReadAhead)
            {
                leadersOfFull.Add(known.Leader);
            }
            else if (!_tasks.IsRunning(known.Leader))
            {
                if (!due.TryGetValue(known.Leader, out List<(FetchPartition Partition, int LeaderEpoch)>? partitions))
                {
                    due[known.Leader] = partitions = [];
                }

                partitions.Add((partition, known.LeaderEpoch));
            }
        }

        return next == Timeout.InfiniteTimeSpan ? next : next + TimeSpan.FromMilliseconds(1);
    }

    private void LookUp(FetchPartition partition) => _tasks.Run(partition.Partition.Topic, async () =>
    {
        try
        {
            await _cluster.Topics.AskAsync(partition.Partition.Topic, _stopping.Token);
            if (_cluster.Topics.TryGetPartition(partition.Partition) is not { Leader: >= 0 })
            {
                Fail(partition, new KafkaErrorException(ErrorCode.LeaderNotAvailable, ApiKey.Metadata, $"Cannot read {partition.Partition}"));
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            foreach (FetchPartition sibling in _partitions.Values.Where(other => other.Partition.Topic == partition.Partition.Topic))
            {
                Fail(sibling, e);
            }
        }
    });

    private async Task FetchAsync(int leader, List<(FetchPartition Partition, int LeaderEpoch)> partitions, TimeSpan maxWait)
    {
        try
        {
            await _call.RunAsync(leader, partitions, maxWait, Take, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            // Whatever it is, the application is told: nothing else waits for this task's outcome.
            foreach ((FetchPartition partition, _) in partitions)
            {
                _cluster.Topics.Forget(partition.Partition.Topic);
                Fail(partition, e);
            }
        }
        finally
        {
            partitions.ForEach(partition => partition.Partition.IsUnderWay = false);
        }
    }

    private void Take(FetchPartition partition, FetchedChunk chunk)
    {
        switch (chunk.Error)
        {
            case null:
                partition.Failures = 0;
                if (chunk.NextOffset > partition.FetchOffset)
                {
                    partition.FetchOffset = chunk.NextOffset;
                    Hand(chunk);
                }

                break;
            case KafkaErrorException { Error: ErrorCode.OffsetOutOfRange } when _options.OffsetReset != OffsetReset.Fail:
                Reset(partition);
                break;
            default:
                _cluster.Topics.Forget(partition.Partition.Topic);
                Fail(partition, chunk.Error);
                break;
        }
    }

    private void Reset(FetchPartition partition)
    {
        OffsetSpec spec = _options.OffsetReset == OffsetReset.Earliest ? OffsetSpec.Earliest : OffsetSpec.Latest;
        NoteFailure(partition);
        _tasks.Run(partition.Partition, async () =>
        {
            try
            {
                IReadOnlyDictionary<TopicPartition, long> offsets = await new OffsetAdmin(_cluster).ListAsync([partition.Partition], spec, _stopping.Token);
                partition.FetchOffset = offsets[partition.Partition];
                partition.Failures = 0;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Fail(partition, e);
            }
        });
    }

    /// <summary>Tries again after a pause; the application is told of what does not pass by itself, or not in time.</summary>
    private void Fail(FetchPartition partition, Exception reason)
    {
        NoteFailure(partition);
        if (reason is not KafkaException { IsRetriable: true }
            || _cluster.Options.Time.GetElapsedTime(partition.FailingSince) >= _cluster.Options.RetryTimeout)
        {
            partition.FailingSince = _cluster.Options.Time.GetTimestamp();
            Hand(new FetchedChunk(partition, [], partition.FetchOffset, reason));
        }
    }

    private void NoteFailure(FetchPartition partition)
    {
        long now = _cluster.Options.Time.GetTimestamp();
        partition.FailingSince = partition.Failures == 0 ? now : partition.FailingSince;
        partition.LastFailureAt = now;
        partition.Failures++;
    }

    private void Hand(FetchedChunk chunk)
    {
        Interlocked.Increment(ref chunk.Owner.Waiting);
        _chunks.Enqueue(chunk);
        _arrived.Set();
    }
}
