using GrainStream.Client.Clusters;
using GrainStream.Client.Connections;
using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client.Grouping;

/// <summary>Membership by the classic protocol, eager: at each rebalance all partitions are given up, and assigned anew by one of the members.</summary>
internal sealed class ClassicMembership : IMembership
{
    private readonly Cluster _cluster;
    private readonly CoordinatorCalls _calls;
    private readonly GroupConsumerOptions _options;
    private readonly IPartitionOwner _owner;
    private readonly ClassicJoin _join;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _heartbeats;
    private readonly Lock _lock = new();
    private volatile MemberIdentity? _identity;
    private volatile bool _needsJoin = true;
    private volatile bool _hasLost;
    private volatile bool _isReconciling;
    private string _memberId = "";
    private long _polledAt;
    private IReadOnlyDictionary<string, int>? _countsAsLeader;
    private long _countsCheckedAt;

    public ClassicMembership(Cluster cluster, CoordinatorCalls calls, GroupConsumerOptions options, IPartitionOwner owner)
    {
        _cluster = cluster;
        _calls = calls;
        _options = options;
        _owner = owner;
        _join = new ClassicJoin(cluster, calls, options);
        NotePoll();
        _heartbeats = Task.Run(HeartbeatAsync);
    }

    /// <inheritdoc/>
    public MemberIdentity? Identity => _identity;

    /// <inheritdoc/>
    public bool NeedsReconciling => _needsJoin;

    /// <inheritdoc/>
    public void NotePoll() => Volatile.Write(ref _polledAt, _cluster.Options.Time.GetTimestamp());

    /// <inheritdoc/>
    public void NoteRefusal(ErrorCode error)
    {
        if (error is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration or ErrorCode.FencedInstanceId)
        {
            Lose(isForgotten: error != ErrorCode.IllegalGeneration);
        }
        else if (error == ErrorCode.RebalanceInProgress)
        {
            _needsJoin = true;
        }
    }

    /// <inheritdoc/>
    public async Task ReconcileAsync(CancellationToken cancellation)
    {
        _isReconciling = true;
        try
        {
            if (_hasLost)
            {
                await _owner.LoseAsync(_owner.Owned);
                _hasLost = false;
            }
            else
            {
                await _owner.RevokeAsync(_owner.Owned, cancellation);
            }

            ClassicJoin.Generation joined = await _join.RunAsync(_memberId, id => _memberId = id, cancellation);
            lock (_lock)
            {
                _needsJoin = false;
                _hasLost = false;
                _identity = new MemberIdentity(_memberId, joined.Id, _options.InstanceId, IsOfConsumerProtocol: false);
                _countsAsLeader = joined.CountsAsLeader;
                _countsCheckedAt = _cluster.Options.Time.GetTimestamp();
            }

            await TakeAsync(joined.Assignment, cancellation);
        }
        finally
        {
            NotePoll();
            _isReconciling = false;
        }
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        if (_identity is not { } identity || _options.InstanceId is not null)
        {
            // A static member is expected back; it leaves by its session time-out.
            return;
        }

        _identity = null;
        await _calls.CallAsync<LeaveGroupRequest, LeaveGroupResponse>(
            version => version >= 3
                ? new LeaveGroupRequest { GroupId = _calls.Group, Members = [new LeaveGroupRequest.MemberIdentity { MemberId = identity.MemberId, Reason = "the consumer was closed" }] }
                : new LeaveGroupRequest { GroupId = _calls.Group, MemberId = identity.MemberId },
            ConnectionUse.Heartbeat,
            _cluster.Options.RequestTimeout,
            cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _heartbeats;
        _stopping.Dispose();
    }

    private async Task TakeAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
    {
        try
        {
            await _owner.TakeAsync(partitions, cancellation);
        }
        catch (Exception)
        {
            // Where to begin could not be found out; the next poll joins again.
            _needsJoin = true;
            throw;
        }
    }

    private void Lose(bool isForgotten)
    {
        lock (_lock)
        {
            _hasLost = true;
            _needsJoin = true;
            _identity = null;
            if (isForgotten)
            {
                _memberId = "";
            }
        }
    }

    private async Task HeartbeatAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_options.HeartbeatInterval, _cluster.Options.Time, _stopping.Token);
                if (_isReconciling || _identity is not { } identity)
                {
                    continue;
                }

                if (_cluster.Options.Time.GetElapsedTime(Volatile.Read(ref _polledAt)) > _options.MaxPollInterval)
                {
                    await LeaveForBeingLateAsync(identity);
                    continue;
                }

                await BeatAsync(identity);
                await CheckCountsAsync();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task BeatAsync(MemberIdentity identity)
    {
        ErrorCode error;
        try
        {
            HeartbeatResponse response = await _calls.CallAsync<HeartbeatRequest, HeartbeatResponse>(
                _ => new HeartbeatRequest
                {
                    GroupId = _calls.Group,
                    MemberId = identity.MemberId,
                    GenerationId = identity.GenerationOrEpoch,
                    GroupInstanceId = identity.InstanceId,
                },
                ConnectionUse.Heartbeat,
                _options.SessionTimeout,
                _stopping.Token);
            error = response.ErrorCode;
        }
        catch (KafkaException)
        {
            // The coordinator is away; the next heartbeat looks for it again, and if it takes too long, it will have forgotten the member.
            error = ErrorCode.CoordinatorNotAvailable;
        }

        if (identity == _identity && !_calls.IsElsewhere(error))
        {
            NoteRefusal(error);
        }
    }

    private async Task LeaveForBeingLateAsync(MemberIdentity identity)
    {
        Lose(isForgotten: true);
        try
        {
            await _calls.CallAsync<LeaveGroupRequest, LeaveGroupResponse>(
                version => version >= 3
                    ? new LeaveGroupRequest
                    {
                        GroupId = _calls.Group,
                        Members = [new LeaveGroupRequest.MemberIdentity { MemberId = identity.MemberId, GroupInstanceId = identity.InstanceId, Reason = "the application did not poll in time" }],
                    }
                    : new LeaveGroupRequest { GroupId = _calls.Group, MemberId = identity.MemberId },
                ConnectionUse.Heartbeat,
                _cluster.Options.RequestTimeout,
                _stopping.Token);
        }
        catch (KafkaException)
        {
            // The session time-out does it then.
            _calls.IsElsewhere(ErrorCode.CoordinatorNotAvailable);
        }
    }

    /// <summary>Partitions that are added are noticed by the leader alone, who has the group join again.</summary>
    private async Task CheckCountsAsync()
    {
        if (_countsAsLeader is not { } counts || _cluster.Options.Time.GetElapsedTime(_countsCheckedAt) < _cluster.Options.MetadataMaxAge)
        {
            return;
        }

        _countsCheckedAt = _cluster.Options.Time.GetTimestamp();
        try
        {
            IReadOnlyDictionary<string, int> now = await _join.CountPartitionsAsync(_join.TopicsOfGroup, _stopping.Token);
            if (now.Count != counts.Count || now.Any(count => !counts.TryGetValue(count.Key, out int before) || before != count.Value))
            {
                _needsJoin = true;
            }
        }
        catch (KafkaException)
        {
            // Asked again when the metadata has aged once more.
            return;
        }
    }
}
