using System.Diagnostics.CodeAnalysis;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Immutable values by key, those used last, within a number of bytes. Who asks for one that is being loaded waits for that load. Thread-safe.
/// </summary>
/// <param name="maxBytes">Bytes to stay within; one value that is larger alone is kept until the next.</param>
/// <param name="sizeOf">Bytes of a value.</param>
internal sealed class ByteBoundedCache<TKey, TValue>(long maxBytes, Func<TValue, long> sizeOf)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _byKey = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = [];
    private readonly Dictionary<TKey, Task<TValue?>> _loading = [];

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        lock (_lock)
        {
            return TryUse(key, out value);
        }
    }

    /// <summary>Adds a value or replaces the one of the same key.</summary>
    public void Set(TKey key, TValue value)
    {
        lock (_lock)
        {
            RemoveLocked(key);
            _byKey[key] = _byUse.AddLast((key, value));
            Bytes += sizeOf(value);
            while (Bytes > maxBytes && _byUse.Count > 1)
            {
                RemoveLocked(_byUse.First!.Value.Key);
            }
        }
    }

    public void Remove(TKey key)
    {
        lock (_lock)
        {
            RemoveLocked(key);
        }
    }

    /// <summary>
    /// The value, loaded if it is not here. The load serves everybody who asks meanwhile, so nobody's cancellation ends it; a null is handed on but not
    /// kept.
    /// </summary>
    public async ValueTask<TValue?> GetAsync<TState>(
        TKey key, TState state, Func<TKey, TState, ValueTask<TValue?>> load, CancellationToken cancellationToken)
    {
        Task<TValue?> loading;
        lock (_lock)
        {
            if (TryUse(key, out TValue? value))
            {
                return value;
            }

            if (!_loading.TryGetValue(key, out loading!))
            {
                // Begun under the lock only as far as the first wait of the store; the entry is there before the load can end.
                var done = new TaskCompletionSource<TValue?>(TaskCreationOptions.RunContinuationsAsynchronously);
                loading = _loading[key] = done.Task;
                _ = LoadAsync(key, state, load, done);
            }
        }

        return await loading.WaitAsync(cancellationToken);
    }

    /// <summary>Loads and tells who waits; does not throw.</summary>
    private async Task LoadAsync<TState>(TKey key, TState state, Func<TKey, TState, ValueTask<TValue?>> load, TaskCompletionSource<TValue?> done)
    {
        // Off the lock that the caller holds.
        await Task.Yield();
        try
        {
            TValue? value = await load(key, state);
            if (value is not null)
            {
                Set(key, value);
            }

            Forget(key);
            done.SetResult(value);
        }
        catch (Exception failure)
        {
            Forget(key);
            done.SetException(failure);

            // Who asked may have been cancelled; then nobody else observes it.
            _ = done.Task.Exception;
        }
    }

    private void Forget(TKey key)
    {
        lock (_lock)
        {
            _loading.Remove(key);
        }
    }

    private bool TryUse(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        value = null;
        if (_byKey.TryGetValue(key, out LinkedListNode<(TKey Key, TValue Value)>? node))
        {
            _byUse.Remove(node);
            _byUse.AddLast(node);
            value = node.Value.Value;
        }

        return value is not null;
    }

    private void RemoveLocked(TKey key)
    {
        if (_byKey.Remove(key, out LinkedListNode<(TKey Key, TValue Value)>? node))
        {
            _byUse.Remove(node);
            Bytes -= sizeOf(node.Value.Value);
        }
    }
}
