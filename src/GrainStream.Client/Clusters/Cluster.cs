using GrainStream.Client.Connections;
using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client.Clusters;

/// <summary>Finds the broker that a request is for, and calls it. Thread-safe.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly IReadOnlyList<BrokerAddress> _bootstrap;
    private readonly Dictionary<string, BrokerMetadata> _coordinators = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<int, BrokerMetadata> _brokers = new Dictionary<int, BrokerMetadata>();
    private int _controllerId = -1;

    public Cluster(KafkaClientOptions options)
    {
        Options = options;
        _bootstrap = BrokerAddress.ParseList(options.BootstrapServers);
        Connections = new ConnectionPool(options);
        Retries = new Retries(options);
        Topics = new TopicCache(this);
    }

    public KafkaClientOptions Options { get; }

    public ConnectionPool Connections { get; }

    public Retries Retries { get; }

    /// <summary>What is known of topics.</summary>
    public TopicCache Topics { get; }

    /// <summary>Brokers known at the moment, by node id.</summary>
    public IReadOnlyDictionary<int, BrokerMetadata> Brokers => Volatile.Read(ref _brokers);

    /// <summary>Asks for metadata of topics, once, and remembers the brokers.</summary>
    /// <param name="topics">Names; null for all.</param>
    /// <param name="mayCreate">Whether the brokers may create those that are missing.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<MetadataResponse> AskMetadataAsync(IEnumerable<string>? topics, bool mayCreate, CancellationToken cancellation)
    {
        string[]? names = topics?.Distinct(StringComparer.Ordinal).ToArray();
        MetadataResponse response = await CallAnyAsync<MetadataRequest, MetadataResponse>(
            version => MetadataRequestFor(names, mayCreate, version), short.MaxValue, cancellation);
        if (response.ErrorCode != ErrorCode.None)
        {
            throw new KafkaErrorException(response.ErrorCode, ApiKey.Metadata, "Cannot learn about the cluster");
        }

        Volatile.Write(ref _brokers, response.Brokers.ToDictionary(
            broker => broker.NodeId,
            broker => new BrokerMetadata(broker.NodeId, new BrokerAddress(broker.Host, broker.Port), broker.Rack)));
        Volatile.Write(ref _controllerId, response.ControllerId);
        return response;
    }

    /// <summary>Calls whichever broker answers, known ones first.</summary>
    /// <exception cref="BrokerUnreachableException">None does.</exception>
    public async Task<TResponse> CallAnyAsync<TRequest, TResponse>(Func<short, TRequest> build, short atMost, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest>
        where TResponse : IKafkaResponse<TResponse>
    {
        BrokerConnection connection = await AnyConnectionAsync(cancellation);
        return await connection.CallAsync<TRequest, TResponse>(build, atMost, Options.RequestTimeout, cancellation);
    }

    /// <summary>Calls the controller, which administers topics. A broker that is not the controller forwards or says so.</summary>
    public async Task<TResponse> CallControllerAsync<TRequest, TResponse>(Func<short, TRequest> build, TimeSpan timeout, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest>
        where TResponse : IKafkaResponse<TResponse>
    {
        if (Brokers.Count == 0)
        {
            await AskMetadataAsync([], mayCreate: false, cancellation);
        }

        BrokerConnection connection = Brokers.TryGetValue(Volatile.Read(ref _controllerId), out BrokerMetadata? controller)
            ? await Connections.GetAsync(controller.Address, ConnectionUse.General, cancellation)
            : await AnyConnectionAsync(cancellation);
        return await connection.CallAsync<TRequest, TResponse>(build, short.MaxValue, timeout, cancellation);
    }

    /// <summary>A connection to a broker by its node id, of one's own pool or the client's.</summary>
    /// <exception cref="BrokerUnreachableException">It is not known, or cannot be reached.</exception>
    public async Task<BrokerConnection> ConnectAsync(int nodeId, ConnectionUse use, CancellationToken cancellation, ConnectionPool? pool = null)
    {
        if (!Brokers.TryGetValue(nodeId, out BrokerMetadata? broker))
        {
            await AskMetadataAsync([], mayCreate: false, cancellation);
        }

        return broker is not null || Brokers.TryGetValue(nodeId, out broker)
            ? await (pool ?? Connections).GetAsync(broker.Address, use, cancellation)
            : throw new BrokerUnreachableException(_bootstrap[0], $"The cluster at {Options.BootstrapServers} does not list broker {nodeId} at the moment; it may be restarting.");
    }

    /// <summary>A connection to the coordinator of a group, of one's own pool or the client's.</summary>
    /// <exception cref="KafkaErrorException">There is none at the moment, or the group id is not allowed.</exception>
    public async Task<BrokerConnection> ConnectToCoordinatorAsync(string group, ConnectionUse use, CancellationToken cancellation, ConnectionPool? pool = null)
    {
        BrokerMetadata? coordinator;
        lock (_coordinators)
        {
            _coordinators.TryGetValue(group, out coordinator);
        }

        if (coordinator is null)
        {
            coordinator = await FindCoordinatorAsync(group, cancellation);
            lock (_coordinators)
            {
                _coordinators[group] = coordinator;
            }
        }

        try
        {
            return await (pool ?? Connections).GetAsync(coordinator.Address, use, cancellation);
        }
        catch (BrokerUnreachableException)
        {
            ForgetCoordinator(group);
            throw;
        }
    }

    /// <summary>To be called when a broker said that it is not (or not yet) the group's coordinator, or broke.</summary>
    public void ForgetCoordinator(string group)
    {
        lock (_coordinators)
        {
            _coordinators.Remove(group);
        }
    }

    public ValueTask DisposeAsync() => Connections.DisposeAsync();

    private static MetadataRequest MetadataRequestFor(string[]? names, bool mayCreate, short version) => new()
    {
        // Version 0 has no null for "all", and takes an empty list for it.
        Topics = names?.Select(name => new MetadataRequest.MetadataRequestTopic { Name = name }).ToArray() ?? (version == 0 ? [] : null),
        AllowAutoTopicCreation = mayCreate || version < 4,
    };

    private async Task<BrokerConnection> AnyConnectionAsync(CancellationToken cancellation)
    {
        BrokerAddress[] known = [.. Brokers.Values.Select(broker => broker.Address)];
        Random.Shared.Shuffle(known);
        BrokerUnreachableException? first = null;
        foreach (BrokerAddress address in known.Concat(_bootstrap).Distinct())
        {
            try
            {
                return await Connections.GetAsync(address, ConnectionUse.General, cancellation);
            }
            catch (BrokerUnreachableException e)
            {
                first = e;
            }
        }

        throw _bootstrap.Count == 1 && known.Length == 0
            ? new BrokerUnreachableException(first!.Address, first.Message, first)
            : new BrokerUnreachableException(first!.Address, $"None of the brokers at {Options.BootstrapServers} can be reached. The last one tried: {first.Message}", first);
    }

    private async Task<BrokerMetadata> FindCoordinatorAsync(string group, CancellationToken cancellation)
    {
        FindCoordinatorResponse response = await CallAnyAsync<FindCoordinatorRequest, FindCoordinatorResponse>(
            version => version >= 4
                ? new FindCoordinatorRequest { CoordinatorKeys = [group], KeyType = CoordinatorKeyType.Group }
                : new FindCoordinatorRequest { Key = group },
            short.MaxValue,
            cancellation);
        FindCoordinatorResponse.Coordinator found = response.Coordinators.FirstOrDefault() ?? new FindCoordinatorResponse.Coordinator
        {
            ErrorCode = response.ErrorCode,
            ErrorMessage = response.ErrorMessage,
            NodeId = response.NodeId,
            Host = response.Host,
            Port = response.Port,
        };
        return found.ErrorCode == ErrorCode.None
            ? new BrokerMetadata(found.NodeId, new BrokerAddress(found.Host, found.Port), Rack: null)
            : throw new KafkaErrorException(found.ErrorCode, ApiKey.FindCoordinator, $"Cannot find the coordinator of group {group}", found.ErrorMessage);
    }
}
