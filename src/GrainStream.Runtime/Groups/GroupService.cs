using System.Diagnostics.CodeAnalysis;
using GrainStream.Core.Groups;
using GrainStream.Core.Groups.Offsets;
using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Topics;

namespace GrainStream.Runtime.Groups;

/// <summary>
/// The groups that this node coordinates: finds or creates the group of a request and hands it over; each answer comes when what it shows is on stable storage.
/// Thread-safe. A group that is not available for a while answers COORDINATOR_LOAD_IN_PROGRESS or COORDINATOR_NOT_AVAILABLE, and clients try again.
/// </summary>
public sealed class GroupService : IAsyncDisposable
{
    /// <summary>Groups that are loaded at a time after the start: enough to keep a disk busy, and those that clients ask for need not wait long.</summary>
    private const int LoadedAtOnce = 8;

    /// <summary>How often a request looks for its group again that was deleted just then.</summary>
    private const int Attempts = 3;

    private readonly GroupServices _services;
    private readonly GroupDirectory _directory;
    private readonly GroupTopicWatch _watch;
    private readonly ITimer _expiry;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loading;
    private int _isDisposed;

    /// <summary>Begins to load the groups there are.</summary>
    internal GroupService(GroupServices services, GroupDirectory directory, PartitionDirectory partitions)
    {
        _services = services;
        _directory = directory;
        _services.Stopping = _stopping.Token;
        _watch = new GroupTopicWatch(services, directory);
        new GroupGauges(directory, partitions).Register(services.Instruments);
        TimeSpan interval = services.Config.OffsetsRetentionCheckInterval;
        _expiry = services.Time.CreateTimer(static groups => ((GroupService)groups!).ExpireOffsets(), this, interval, interval);
        _loading = LoadAllAsync();
    }

    /// <summary>How many groups there are.</summary>
    public int Count => _services.Catalog.Groups.Count;

    /// <summary>A member joins, or joins again (classic protocol). A group that is not there is created for a new member. May wait for as long as a rebalance takes.</summary>
    public Task<JoinGroupResponse> JoinAsync(JoinGroupRequest request, GroupClient client) => AskAsync(
        request.GroupId,
        create: request.MemberId.Length == 0,
        (group, step, reply) => group.Join(step, request, client, reply),
        (error, _) => new JoinGroupResponse { ErrorCode = error, MemberId = request.MemberId },
        ErrorCode.UnknownMemberId);

    /// <summary>A member asks for its assignment (classic protocol). May wait for as long as the leader takes.</summary>
    public Task<SyncGroupResponse> SyncAsync(SyncGroupRequest request, GroupClient client) => AskAsync(
        request.GroupId,
        create: false,
        (group, step, reply) => group.Sync(step, request, client, reply),
        static (error, _) => new SyncGroupResponse { ErrorCode = error },
        ErrorCode.UnknownMemberId);

    /// <summary>A member is alive (classic protocol).</summary>
    public Task<HeartbeatResponse> HeartbeatAsync(HeartbeatRequest request, GroupClient client) => AskAsync(
        request.GroupId,
        create: false,
        (group, step, reply) => group.Heartbeat(step, request, client, reply),
        static (error, _) => new HeartbeatResponse { ErrorCode = error },
        ErrorCode.UnknownMemberId);

    /// <summary>Members leave.</summary>
    public Task<LeaveGroupResponse> LeaveAsync(LeaveGroupRequest request, GroupClient client) => AskAsync(
        request.GroupId,
        create: false,
        (group, step, reply) => group.Leave(step, request, client, reply),
        static (error, _) => new LeaveGroupResponse { ErrorCode = error },
        ErrorCode.UnknownMemberId);

    /// <summary>
    /// All a member of the consumer protocol says (KIP-848). A group that is not there is created for a member that joins. Who comes back to a group that was forgotten meanwhile
    /// is told to join anew (UNKNOWN_MEMBER_ID); of Kafka's GROUP_ID_NOT_FOUND clients die.
    /// </summary>
    public Task<ConsumerGroupHeartbeatResponse> ConsumerHeartbeatAsync(ConsumerGroupHeartbeatRequest request, GroupClient client) => AskAsync(
        request.GroupId,
        create: request.MemberEpoch == 0,
        (group, step, reply) => group.ConsumerHeartbeat(step, request, client, reply),
        static (error, message) => new ConsumerGroupHeartbeatResponse { ErrorCode = error, ErrorMessage = message },
        ErrorCode.UnknownMemberId);

    /// <summary>
    /// Notes how far a group has come: an outcome for each offset, in order. A group that is not there is created for a client that uses it only to keep offsets.
    /// </summary>
    public async Task<IReadOnlyList<ErrorCode>> CommitAsync(string groupId, CommitOffsets commit)
    {
        bool isSimple = commit.GenerationOrMemberEpoch < 0;
        IReadOnlyList<ErrorCode> outcomes = await AskAsync<IReadOnlyList<ErrorCode>>(
            groupId,
            create: isSimple,
            (group, step, reply) => group.Commit(step, commit, reply),
            (error, _) => [.. Enumerable.Repeat(error, commit.Offsets.Count)],
            commit.Version >= 9 ? ErrorCode.GroupIdNotFound : ErrorCode.IllegalGeneration);
        int committed = 0;
        for (int i = 0; i < outcomes.Count; i++)
        {
            committed += outcomes[i] == ErrorCode.None ? 1 : 0;
        }

        _services.Instruments.Committed(committed);
        return outcomes;
    }

    /// <summary>How far a group has come. Of a group that is not there nothing is known, which is no error.</summary>
    public Task<FetchedOffsets> FetchOffsetsAsync(string groupId, FetchOffsets fetch) => AskAsync(
        groupId,
        create: false,
        (group, step, reply) => group.FetchOffsets(step, fetch, reply),
        (error, _) => error == ErrorCode.GroupIdNotFound
            ? new FetchedOffsets(ErrorCode.None, [.. (fetch.Partitions ?? []).Select(static partition => new FetchedOffset(partition, null))])
            : new FetchedOffsets(error, []),
        ErrorCode.GroupIdNotFound);

    /// <summary>Makes a group forget offsets.</summary>
    public Task<DeletedOffsets> DeleteOffsetsAsync(string groupId, IReadOnlyList<PartitionId> partitions) => AskAsync(
        groupId,
        create: false,
        (group, step, reply) => group.DeleteOffsets(step, partitions, reply),
        static (error, _) => new DeletedOffsets(error, []),
        ErrorCode.GroupIdNotFound);

    /// <summary>Deletes a group that has no members.</summary>
    public async Task<ErrorCode> DeleteAsync(string groupId)
    {
        if (!_directory.TryFind(groupId, out GroupHost? host))
        {
            return ErrorCode.GroupIdNotFound;
        }

        var deletion = new GroupDeletion(host);
        host.Post(deletion);
        return (await deletion.Completion).Response;
    }

    /// <summary>A group for DescribeGroups; null if there is none.</summary>
    public Task<DescribeGroupsResponse.DescribedGroup?> DescribeAsync(string groupId, short version) => DescribeAsync(
        groupId,
        (group, step) => group.Describe(step, version),
        error => new DescribeGroupsResponse.DescribedGroup { GroupId = groupId, ErrorCode = error });

    /// <summary>A group for ConsumerGroupDescribe; null if there is none.</summary>
    public Task<ConsumerGroupDescribeResponse.DescribedGroup?> DescribeConsumerAsync(string groupId, short version) => DescribeAsync(
        groupId,
        (group, step) => group.DescribeConsumer(step, version),
        error => new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = groupId, ErrorCode = error });

    /// <summary>All groups, in order of name; those that are still to be loaded are waited for.</summary>
    public async Task<IReadOnlyList<ListedGroup>> ListAsync()
    {
        GroupHost[] hosts = [.. _directory.All];
        foreach (GroupHost host in hosts)
        {
            if (host.Machine is null)
            {
                await host.LoadAsync();
            }
        }

        return [.. hosts.Select(static host => new ListedGroup(host.Name, host.Machine?.Overview)).OrderBy(static group => group.Name, StringComparer.Ordinal)];
    }

    /// <summary>Stops in good order: who waits is told to look for the coordinator again, and what was answered is on stable storage.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _expiry.DisposeAsync();
        await _watch.DisposeAsync();
        await _stopping.CancelAsync();
        foreach (GroupHost host in _directory.All)
        {
            await host.DisposeAsync();
        }

        await _loading;
        _stopping.Dispose();
        _services.Instruments.Dispose();
    }

    /// <summary>The log of a group, for who looks after logs.</summary>
    internal bool TryFindLog(string groupId, [NotNullWhen(true)] out Partition? log)
    {
        log = _directory.TryFind(groupId, out GroupHost? host) ? host.Log : null;
        return log is not null;
    }

    private async Task<T> AskAsync<T>(
        string groupId, bool create, Action<Group, GroupStep, Action<T>> act, Func<ErrorCode, string?, T> refuse, ErrorCode whenMissing)
        where T : notnull
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (!_directory.TryFind(groupId, out GroupHost? host))
            {
                if (!create)
                {
                    return refuse(whenMissing, $"There is no group {groupId}.");
                }

                CatalogOutcome created = await CreateAsync(groupId);
                if (created.Error != ErrorCode.None)
                {
                    return refuse(created.Error, created.Message);
                }

                continue;
            }

            var request = new GroupRequest<T>(host, act);
            host.Post(request);
            GroupReply<T> reply = await request.Completion;
            if (reply.Refusal == ErrorCode.None)
            {
                return reply.Response!;
            }

            if (!reply.IsGone)
            {
                return refuse(reply.Refusal, null);
            }
        }

        return refuse(ErrorCode.CoordinatorNotAvailable, null);
    }

    private async Task<T?> DescribeAsync<T>(string groupId, Func<Group, GroupStep, T> describe, Func<ErrorCode, T> refuse)
        where T : class => (await AskAsync<Described<T>>(
            groupId,
            create: false,
            (group, step, reply) => step.Answer(reply, new Described<T>(describe(group, step))),
            (error, _) => new Described<T>(error == ErrorCode.GroupIdNotFound ? null : refuse(error)),
            ErrorCode.GroupIdNotFound)).Group;

    private async Task<CatalogOutcome> CreateAsync(string groupId)
    {
        CatalogOutcome outcome = await _services.Topics.ExecuteAsync(catalog => catalog.DecideCreateGroup(groupId, Broker.NewTopicId()));
        if (outcome.Error == ErrorCode.InvalidGroupId)
        {
            return outcome;
        }

        if (outcome.Error != ErrorCode.None)
        {
            GroupLog.CreateRefused(_services.Logger, groupId, outcome.Message ?? "");
            return outcome with { Error = ErrorCode.CoordinatorNotAvailable };
        }

        return outcome;
    }

    private void ExpireOffsets()
    {
        foreach (GroupHost host in _directory.All)
        {
            host.ExpireOffsets();
        }
    }

    private async Task LoadAllAsync()
    {
        long started = _services.Time.GetTimestamp();
        GroupHost[] hosts = [.. _directory.All];
        if (hosts.Length == 0)
        {
            return;
        }

        foreach (GroupHost[] together in hosts.Chunk(LoadedAtOnce))
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            await Task.WhenAll(together.Select(static host => host.LoadAsync()));
        }

        GroupLog.AllLoaded(
            _services.Logger, hosts.Length, (long)_services.Time.GetElapsedTime(started).TotalMilliseconds, hosts.Count(static host => host.Machine is null));
    }

    private readonly record struct Described<T>(T? Group);
}
