using GrainStream.Client.Errors;

namespace GrainStream.Client.Connections;

/// <summary>The client's connections, opened when first needed and again when they broke. Thread-safe.</summary>
internal sealed class ConnectionPool(KafkaClientOptions options) : IAsyncDisposable
{
    private readonly Dictionary<(BrokerAddress Address, ConnectionUse Use), Task<BrokerConnection>> _connections = [];
    private bool _isDisposed;

    /// <summary>A connection that was sound a moment ago.</summary>
    /// <exception cref="BrokerUnreachableException">There is none to be had.</exception>
    public Task<BrokerConnection> GetAsync(BrokerAddress address, ConnectionUse use, CancellationToken cancellation)
    {
        Task<BrokerConnection> connection;
        lock (_connections)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_connections.TryGetValue((address, use), out connection!)
                || (connection.IsCompleted && (!connection.IsCompletedSuccessfully || connection.Result.IsBroken)))
            {
                // Opening belongs to all who wait for it, so that none of them can cancel it for the others.
                connection = BrokerConnection.OpenAsync(address, options);
                _connections[(address, use)] = connection;
            }
        }

        return connection.IsCompletedSuccessfully ? connection : connection.WaitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Task<BrokerConnection>[] connections;
        lock (_connections)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            connections = [.. _connections.Values];
        }

        foreach (Task<BrokerConnection> connection in connections)
        {
            try
            {
                await (await connection).DisposeAsync();
            }
            catch (KafkaException)
            {
                // It was never opened; whoever wanted it was told.
                continue;
            }
        }
    }
}
