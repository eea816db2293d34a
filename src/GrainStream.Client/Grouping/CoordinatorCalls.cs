using GrainStream.Client.Clusters;
using GrainStream.Client.Connections;
using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client.Grouping;

/// <summary>Calls a group's coordinator, and looks for it again when it is elsewhere.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="group">The group.</param>
/// <param name="pool">Connections of a member: two of them on one would wait for each other in a rebalance. Null for the client's.</param>
internal sealed class CoordinatorCalls(Cluster cluster, string group, ConnectionPool? pool = null)
{
    /// <summary>Highest versions of OffsetCommit and OffsetFetch used: later ones name topics by id, which helps nobody who has names.</summary>
    public const short LastVersionWithNames = 9;

    public string Group => group;

    /// <summary>Calls until the answer is something else than "not here" or "not yet". Errors of other kinds are in the response.</summary>
    public Task<TResponse> RetryAsync<TRequest, TResponse>(
        Func<short, TRequest> build, Func<TResponse, ErrorCode> errorOf, CancellationToken cancellation, short atMost = short.MaxValue)
        where TRequest : IKafkaRequest<TRequest>
        where TResponse : IKafkaResponse<TResponse> =>
        cluster.Retries.RunAsync(
            async stop =>
            {
                TResponse response = await CallAsync<TRequest, TResponse>(build, ConnectionUse.Heartbeat, cluster.Options.RequestTimeout, stop, atMost);
                ErrorCode error = errorOf(response);
                return IsElsewhere(error) || error == ErrorCode.CoordinatorLoadInProgress
                    ? throw new KafkaErrorException(error, TRequest.Key, $"Group {group}")
                    : response;
            },
            cancellation);

    /// <summary>Calls once.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        Func<short, TRequest> build, ConnectionUse use, TimeSpan timeout, CancellationToken cancellation, short atMost = short.MaxValue)
        where TRequest : IKafkaRequest<TRequest>
        where TResponse : IKafkaResponse<TResponse>
    {
        BrokerConnection connection = await cluster.ConnectToCoordinatorAsync(group, use, cancellation, pool);
        try
        {
            return await connection.CallAsync<TRequest, TResponse>(build, atMost, timeout, cancellation);
        }
        catch (BrokerUnreachableException)
        {
            cluster.ForgetCoordinator(group);
            throw;
        }
    }

    /// <summary>Whether an error says that another broker coordinates the group; if so, it is looked for at the next call.</summary>
    public bool IsElsewhere(ErrorCode error)
    {
        bool isElsewhere = error is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable;
        if (isElsewhere)
        {
            cluster.ForgetCoordinator(group);
        }

        return isElsewhere;
    }

    /// <summary>Whether the coordinator takes a request.</summary>
    public async Task<bool> HasAsync<TRequest>(short atLeast, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest> =>
        await cluster.Retries.RunAsync(
            async stop => (await cluster.ConnectToCoordinatorAsync(group, ConnectionUse.Heartbeat, stop, pool)).Versions.Has<TRequest>(atLeast), cancellation);
}
