using GrainStream.Client.Clusters;
using GrainStream.Client.Connections;
using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client.Grouping;

/// <summary>Membership by the consumer protocol (KIP-848): the coordinator assigns, and the member gives up and takes what changes.</summary>
internal sealed class ConsumerMembership : IMembership
{
    private const int JoiningEpoch = 0;
    private const int LeavingEpoch = -1;
    private const int LeavingForAWhileEpoch = -2;

    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(5);

    private readonly Cluster _cluster;
    private readonly CoordinatorCalls _calls;
    private readonly GroupConsumerOptions _options;
    private readonly IPartitionOwner _owner;
    private readonly Dictionary<string, Guid> _topicIds = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _heartbeats;
    private volatile MemberIdentity? _identity;
    private volatile bool _needsReconciling = true;
    private volatile bool _hasLost;
    private volatile ConsumerGroupHeartbeatResponse.MemberAssignment? _target;
    private volatile KafkaException? _refusal;
    private string _memberId = Guid.NewGuid().ToString();
    private TimeSpan _interval = FirstInterval;
    private long _polledAt;

    public ConsumerMembership(Cluster cluster, CoordinatorCalls calls, GroupConsumerOptions options, IPartitionOwner owner)
    {
        _cluster = cluster;
        _calls = calls;
        _options = options;
        _owner = owner;
        NotePoll();
        _heartbeats = Task.Run(HeartbeatAsync);
    }

    /// <inheritdoc/>
    public MemberIdentity? Identity => _identity;

    /// <inheritdoc/>
    public bool NeedsReconciling => _needsReconciling;

    /// <inheritdoc/>
    public void NotePoll() => Volatile.Write(ref _polledAt, _cluster.Options.Time.GetTimestamp());

    /// <inheritdoc/>
    public void NoteRefusal(ErrorCode error)
    {
        if (error is ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch)
        {
            _identity = null;
            _target = null;
            _hasLost = true;
            _needsReconciling = true;
        }
    }

    /// <inheritdoc/>
    public async Task ReconcileAsync(CancellationToken cancellation)
    {
        if (_refusal is { } refusal)
        {
            _refusal = null;
            throw refusal;
        }

        if (_hasLost)
        {
            await _owner.LoseAsync(_owner.Owned);
            _hasLost = false;
        }

        if (_identity is null)
        {
            await _cluster.Retries.RunAsync(stop => SendAsync(JoiningEpoch, isFull: true, stop), cancellation);
        }

        ConsumerGroupHeartbeatResponse.MemberAssignment? target = _target;
        if (target is null)
        {
            _needsReconciling = false;
            return;
        }

        if (await NamesOfAsync(target, cancellation) is not { } partitions)
        {
            // A topic so new that this client's metadata lack it: the next poll asks again.
            return;
        }

        IReadOnlyList<TopicPartition> revoked = [.. _owner.Owned.Except(partitions)];
        IReadOnlyList<TopicPartition> added = [.. partitions.Except(_owner.Owned)];
        await _owner.RevokeAsync(revoked, cancellation);
        if (added.Count > 0)
        {
            await _owner.TakeAsync(added, cancellation);
        }

        _needsReconciling = false;
        if (_identity is { } identity)
        {
            // Tells the coordinator what is owned now, so that it can give away what was revoked.
            await _cluster.Retries.RunAsync(stop => SendAsync(identity.GenerationOrEpoch, isFull: true, stop), cancellation);
        }

        if (_target != target)
        {
            _needsReconciling = true;
        }
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        if (_identity is not null)
        {
            await SendAsync(_options.InstanceId is null ? LeavingEpoch : LeavingForAWhileEpoch, isFull: false, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _heartbeats;
        _stopping.Dispose();
        _turn.Dispose();
    }

    private async Task HeartbeatAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_interval, _cluster.Options.Time, _stopping.Token);
                if (_identity is { } identity)
                {
                    await BeatAsync(identity);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task BeatAsync(MemberIdentity identity)
    {
        try
        {
            if (_cluster.Options.Time.GetElapsedTime(Volatile.Read(ref _polledAt)) > _options.MaxPollInterval)
            {
                NoteRefusal(ErrorCode.FencedMemberEpoch);
                await SendAsync(LeavingEpoch, isFull: false, _stopping.Token);
            }
            else
            {
                await SendAsync(identity.GenerationOrEpoch, isFull: false, _stopping.Token);
            }
        }
        catch (KafkaException e)
        {
            // What passes is tried again at the next heartbeat; what does not is the application's to know, at its next poll.
            if (!e.IsRetriable)
            {
                _refusal = e;
                _needsReconciling = true;
            }
        }
    }

    /// <summary>Sends one heartbeat and takes over what its answer says.</summary>
    /// <returns>True, for whoever retries it.</returns>
    /// <exception cref="KafkaException">The coordinator refuses, or cannot be reached.</exception>
    private async Task<bool> SendAsync(int epoch, bool isFull, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (epoch > 0)
            {
                // Another heartbeat may have moved it on, or ended the membership, while this one waited.
                if (_identity is not { } current)
                {
                    return true;
                }

                epoch = current.GenerationOrEpoch;
            }

            ConsumerGroupHeartbeatResponse response = await _calls.CallAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(
                version => RequestFor(version, epoch, isFull), ConnectionUse.Heartbeat, _cluster.Options.RequestTimeout, cancellation);
            Take(response, epoch);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    private ConsumerGroupHeartbeatRequest RequestFor(short version, int epoch, bool isFull) => new()
    {
        GroupId = _options.GroupId,

        // In version 0 the coordinator makes the id.
        MemberId = version == 0 && epoch == JoiningEpoch ? "" : _memberId,
        MemberEpoch = epoch,
        InstanceId = _options.InstanceId,
        RebalanceTimeoutMs = isFull ? (int)_options.MaxPollInterval.TotalMilliseconds : -1,
        SubscribedTopicNames = isFull ? [.. _options.Topics] : null,
        ServerAssignor = isFull ? _options.ServerAssignor : null,
        Partitions = !isFull ? null : [.. _owner.Owned
            .GroupBy(partition => partition.Topic)
            .Select(topic => new ConsumerGroupHeartbeatRequest.TopicPartitions
            {
                TopicId = _topicIds[topic.Key],
                Partitions = [.. topic.Select(partition => partition.Partition)],
            })],
    };

    private void Take(ConsumerGroupHeartbeatResponse response, int epoch)
    {
        switch (response.ErrorCode)
        {
            case ErrorCode.None when epoch < 0:
                _identity = null;
                break;
            case ErrorCode.None:
                _memberId = response.MemberId ?? _memberId;
                _interval = TimeSpan.FromMilliseconds(Math.Max(1, response.HeartbeatIntervalMs));
                _identity = new MemberIdentity(_memberId, response.MemberEpoch, _options.InstanceId, IsOfConsumerProtocol: true);
                if (response.Assignment is { } assignment)
                {
                    _target = assignment;
                    _needsReconciling = true;
                }

                break;
            case ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch when epoch > 0:
                NoteRefusal(response.ErrorCode);
                break;
            default:
                _calls.IsElsewhere(response.ErrorCode);
                throw new KafkaErrorException(
                    response.ErrorCode, ApiKey.ConsumerGroupHeartbeat, $"Cannot be a member of group {_options.GroupId}", response.ErrorMessage);
        }
    }

    /// <summary>The assignment by names; null if a topic's name is not known yet.</summary>
    private async Task<IReadOnlyList<TopicPartition>?> NamesOfAsync(ConsumerGroupHeartbeatResponse.MemberAssignment target, CancellationToken cancellation)
    {
        if (target.TopicPartitions.Any(topic => !_topicIds.ContainsValue(topic.TopicId)))
        {
            MetadataResponse response = await _cluster.AskMetadataAsync(_options.Topics, mayCreate: false, cancellation);
            foreach (MetadataResponse.MetadataResponseTopic topic in response.Topics)
            {
                if (topic is { Name: { } name, ErrorCode: ErrorCode.None or ErrorCode.LeaderNotAvailable })
                {
                    _topicIds[name] = topic.TopicId;
                }
            }
        }

        Dictionary<Guid, string> names = [];
        foreach ((string name, Guid id) in _topicIds)
        {
            names[id] = name;
        }

        return target.TopicPartitions.All(topic => names.ContainsKey(topic.TopicId))
            ? [.. target.TopicPartitions.SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(names[topic.TopicId], partition)))]
            : null;
    }
}
