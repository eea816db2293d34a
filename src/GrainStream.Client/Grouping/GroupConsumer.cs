using GrainStream.Client.Administration;
using GrainStream.Client.Clusters;
using GrainStream.Client.Consuming;
using GrainStream.Client.Errors;
using GrainStream.Protocol;

namespace GrainStream.Client.Grouping;

/// <summary>
/// A member of a consumer group: it is given partitions of the subscribed topics and reads them from where the group stopped. Partitions come and go within
/// <see cref="PollAsync"/> only. For one thread at a time; heartbeats are sent in the background.
/// </summary>
public sealed class GroupConsumer : IAsyncDisposable
{
    // How soon a poll that finds nothing looks whether the group has decided something.
    private static readonly TimeSpan PollStep = TimeSpan.FromMilliseconds(100);

    private const int MostStaleTries = 10;

    private readonly Cluster _cluster;
    private readonly GroupConsumerOptions _options;
    private readonly Consumer _consumer;
    private readonly GroupOffsetCalls _offsets;
    private readonly IMembership _membership;
    private readonly Dictionary<TopicPartition, long> _committed = [];
    private long _lastCommitAt;
    private bool _isDisposed;

    internal GroupConsumer(Cluster cluster, GroupConsumerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.GroupId);
        _cluster = cluster;
        _options = options;
        _consumer = new Consumer(cluster, options);
        CoordinatorCalls calls = new(cluster, options.GroupId, _consumer.Connections);
        _offsets = new GroupOffsetCalls(calls);
        Owner owner = new(this);
        _membership = options.Protocol == GroupProtocol.Classic
            ? new ClassicMembership(cluster, calls, options, owner)
            : new ConsumerMembership(cluster, calls, options, owner);
        _lastCommitAt = cluster.Options.Time.GetTimestamp();
    }

    /// <summary>Partitions that are this member's now.</summary>
    public IReadOnlyCollection<TopicPartition> Assignment => _consumer.Assignment;

    /// <summary>The id by which the coordinator knows this member; null before the first poll.</summary>
    public string? MemberId => _membership.Identity?.MemberId;

    /// <summary>Joins or follows the group where that is due, then gives out records that have arrived, of one partition, in order.</summary>
    /// <param name="wait">How long to wait for records. A rebalance takes its own time.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>At most <see cref="ConsumerOptions.MaxPollRecords"/>; none if the time is up.</returns>
    /// <exception cref="KafkaException">The group refuses this member, or a partition cannot be read.</exception>
    public Task<IReadOnlyList<ConsumedRecord>> PollAsync(TimeSpan wait, CancellationToken cancellation = default) =>
        PollAsync(wait, _options.MaxPollRecords, cancellation);

    /// <inheritdoc cref="PollAsync(TimeSpan, CancellationToken)"/>
    public async Task<IReadOnlyList<ConsumedRecord>> PollAsync(TimeSpan wait, int maxRecords, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        TimeProvider time = _cluster.Options.Time;
        long began = time.GetTimestamp();
        for (;;)
        {
            _membership.NotePoll();
            if (_options.AutoCommit && time.GetElapsedTime(_lastCommitAt) >= _options.AutoCommitInterval)
            {
                await CommitAutomaticallyAsync(cancellation);
            }

            if (_membership.NeedsReconciling)
            {
                await _membership.ReconcileAsync(cancellation);
            }

            // A rebalance must not wait for the end of a long poll.
            TimeSpan left = wait - time.GetElapsedTime(began);
            TimeSpan step = left < PollStep ? left : PollStep;
            IReadOnlyList<ConsumedRecord> records = await _consumer.PollAsync(step > TimeSpan.Zero ? step : TimeSpan.Zero, maxRecords, cancellation);
            if (records.Count > 0 || left <= PollStep)
            {
                return records;
            }
        }
    }

    /// <summary>Notes, for the group, the positions after all records that were given out.</summary>
    /// <exception cref="KafkaErrorException">The member is no longer the owner; what it read since its last commit will be read again by another.</exception>
    public Task CommitAsync(CancellationToken cancellation = default)
    {
        Dictionary<TopicPartition, long> positions = [];
        foreach (TopicPartition partition in _consumer.Assignment)
        {
            if (_consumer.PositionOf(partition) is { } position && !(_committed.TryGetValue(partition, out long done) && done == position))
            {
                positions[partition] = position;
            }
        }

        return CommitAsync(positions, cancellation);
    }

    /// <summary>Notes offsets for the group: of each partition that of the next record to read.</summary>
    /// <exception cref="KafkaErrorException">The member is no longer the owner, or an offset was refused.</exception>
    public async Task CommitAsync(IReadOnlyDictionary<TopicPartition, long> offsets, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        _lastCommitAt = _cluster.Options.Time.GetTimestamp();
        if (offsets.Count == 0)
        {
            return;
        }

        Dictionary<TopicPartition, CommittedOffset> entries = offsets.ToDictionary(offset => offset.Key, offset => new CommittedOffset(offset.Value));
        IReadOnlyDictionary<TopicPartition, ErrorCode> refused = await _offsets.CommitAsync(entries, _membership.Identity, cancellation);
        for (int tries = 1; tries < MostStaleTries && refused.Values.Contains(ErrorCode.StaleMemberEpoch); tries++)
        {
            // A heartbeat has just moved the member's epoch on, or is about to: the member is still the owner.
            await Task.Delay(Retries.FirstPause, _cluster.Options.Time, cancellation);
            refused = await _offsets.CommitAsync(entries, _membership.Identity, cancellation);
        }

        foreach ((TopicPartition partition, long offset) in offsets)
        {
            if (!refused.ContainsKey(partition))
            {
                _committed[partition] = offset;
            }
        }

        if (refused.Count > 0)
        {
            (TopicPartition partition, ErrorCode error) = refused.First();
            _membership.NoteRefusal(error);
            throw new KafkaErrorException(error, ApiKey.OffsetCommit, $"Group {_options.GroupId} does not take the offset of {partition}");
        }
    }

    /// <summary>Offset after the last record that was given out; null if the partition is not this member's.</summary>
    public long? PositionOf(TopicPartition partition) => _consumer.PositionOf(partition);

    /// <summary>End of the partition's committed records when it was last asked; null if unknown.</summary>
    public long? HighWatermarkOf(TopicPartition partition) => _consumer.HighWatermarkOf(partition);

    /// <summary>Gives up its partitions, with a last commit if commits are automatic, and leaves the group.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        using CancellationTokenSource limit = new(_cluster.Options.RequestTimeout, _cluster.Options.Time);
        try
        {
            if (_membership.Identity is not null)
            {
                await new Owner(this).RevokeAsync([.. _consumer.Assignment], limit.Token);
                await _membership.LeaveAsync(limit.Token);
            }
        }
        catch (Exception e) when (e is KafkaException or OperationCanceledException)
        {
            // The group will notice by the session time-out; there is nobody to tell.
            _committed.Clear();
        }

        await _membership.DisposeAsync();
        await _consumer.DisposeAsync();
    }

    /// <summary>A commit that comes too late is no error of the application: the partitions' next owner reads the records again.</summary>
    private async Task CommitAutomaticallyAsync(CancellationToken cancellation)
    {
        try
        {
            await CommitAsync(cancellation);
        }
        catch (KafkaErrorException e) when (IsTooLate(e.Error))
        {
            _lastCommitAt = _cluster.Options.Time.GetTimestamp();
        }
    }

    private static bool IsTooLate(ErrorCode error) => error is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId
        or ErrorCode.FencedMemberEpoch or ErrorCode.StaleMemberEpoch;

    private sealed class Owner(GroupConsumer self) : IPartitionOwner
    {
        public IReadOnlyList<TopicPartition> Owned => [.. self._consumer.Assignment];

        public async Task RevokeAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
        {
            if (partitions.Count == 0)
            {
                return;
            }

            if (self._options.OnRevoked is { } callback)
            {
                await callback(partitions);
            }

            if (self._options.AutoCommit)
            {
                await self.CommitAutomaticallyAsync(cancellation);
            }

            Drop(partitions);
        }

        public async Task LoseAsync(IReadOnlyList<TopicPartition> partitions)
        {
            Drop(partitions);
            if (partitions.Count > 0 && self._options.OnLost is { } callback)
            {
                await callback(partitions);
            }
        }

        public async Task TakeAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
        {
            if (partitions.Count > 0)
            {
                self._consumer.Assign(await StartsAsync(partitions, cancellation));
            }

            if (self._options.OnAssigned is { } callback)
            {
                await callback(partitions);
            }
        }

        private void Drop(IReadOnlyList<TopicPartition> partitions)
        {
            self._consumer.Unassign(partitions);
            foreach (TopicPartition partition in partitions)
            {
                self._committed.Remove(partition);
            }
        }

        private async Task<IReadOnlyDictionary<TopicPartition, long>> StartsAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
        {
            IReadOnlyDictionary<TopicPartition, CommittedOffset> committed = await self._offsets.FetchAsync(partitions, self._membership.Identity, cancellation);
            Dictionary<TopicPartition, long> starts = committed.ToDictionary(offset => offset.Key, offset => offset.Value.Offset);
            foreach ((TopicPartition partition, long start) in starts)
            {
                self._committed[partition] = start;
            }

            TopicPartition[] without = [.. partitions.Where(partition => !starts.ContainsKey(partition))];
            if (without.Length == 0)
            {
                return starts;
            }

            OffsetSpec spec = self._options.OffsetReset switch
            {
                OffsetReset.Earliest => OffsetSpec.Earliest,
                OffsetReset.Latest => OffsetSpec.Latest,
                _ => throw new KafkaErrorException(
                    ErrorCode.OffsetOutOfRange, ApiKey.OffsetFetch, $"Group {self._options.GroupId} has no offset for {without[0]}", "and is not to choose one itself"),
            };
            foreach ((TopicPartition partition, long start) in await new OffsetAdmin(self._cluster).ListAsync(without, spec, cancellation))
            {
                starts[partition] = start;
            }

            return starts;
        }
    }
}
