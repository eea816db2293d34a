using GrainStream.Runtime.Ports;

namespace GrainStream.TestKit.Objects;

/// <summary>
/// An object store that fails when a test says so. Every call gets a number; a script names the fault of a call, or none. A first run without faults tells how many calls there
/// are (<see cref="Calls"/>), further ones repeat it with one fault at each. Thread-safe. Disposing it leaves the inner store, which outlives the "process", open.
/// </summary>
/// <param name="inner">Where the objects are.</param>
/// <param name="time">What slow calls wait by.</param>
public sealed class FaultyObjectStore(IObjectStore inner, TimeProvider time) : IObjectStore
{
    private readonly Lock _gate = new();
    private readonly List<StoreCall> _calls = [];
    private readonly List<(StoreCall Call, StoreFault Fault)> _fired = [];
    private readonly List<(int DueAt, Func<Task> Effect)> _delayed = [];
    private readonly Dictionary<int, StoreFault> _byNumber = [];
    private readonly TaskCompletionSource<StoreCall> _crashed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<StoreCall, StoreFault?>? _script;
    private int _throttledCalls;

    /// <inheritdoc/>
    public string Location => inner.Location;

    /// <summary>Every call so far.</summary>
    public IReadOnlyList<StoreCall> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>The faults that have happened. A matrix checks that each of its cases had one.</summary>
    public IReadOnlyList<(StoreCall Call, StoreFault Fault)> Fired
    {
        get
        {
            lock (_gate)
            {
                return [.. _fired];
            }
        }
    }

    /// <summary>Completes when a crash fault has happened.</summary>
    public Task<StoreCall> Crashed => _crashed.Task;

    /// <summary>How many calls of an operation there were.</summary>
    public int CountOf(StoreOperation operation) => Calls.Count(call => call.Operation == operation);

    /// <summary>The call of this number (from 1) gets this fault.</summary>
    public FaultyObjectStore FaultAt(int number, StoreFault fault)
    {
        lock (_gate)
        {
            _byNumber[number] = fault;
            return this;
        }
    }

    /// <summary>Replaces the script, which is asked at every call that <see cref="FaultAt"/> does not name.</summary>
    public FaultyObjectStore Script(Func<StoreCall, StoreFault?>? script)
    {
        lock (_gate)
        {
            _script = script;
            return this;
        }
    }

    /// <summary>The process counts as dead from now on, between two calls.</summary>
    public void CrashNow()
    {
        lock (_gate)
        {
            _crashed.TrySetResult(new StoreCall(_calls.Count, default, "none"));
        }
    }

    /// <summary>Lets all effects happen now that <see cref="StoreFault.EffectDelayed"/> holds back.</summary>
    public Task ReleaseDelayedAsync() => ReleaseAsync(int.MaxValue);

    /// <inheritdoc/>
    public async ValueTask<ObjectVersion> PutAsync(string name, ReadOnlyMemory<byte> content, ObjectVersion? expected, CancellationToken cancellationToken)
    {
        byte[] kept = content.ToArray();
        return await InvokeAsync(
            StoreOperation.Put,
            name,
            () => inner.PutAsync(name, content, expected, cancellationToken).AsTask(),
            () => inner.PutAsync(name, kept, expected, CancellationToken.None).AsTask(),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IObjectUpload> CreateAsync(string name, CancellationToken cancellationToken) =>
        new Upload(this, name, await InvokeAsync(StoreOperation.Create, name, () => inner.CreateAsync(name, cancellationToken).AsTask(), null, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<ObjectRead?> ReadAsync(string name, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        StoreFault? fault = null;
        ObjectRead? read = await InvokeAsync(
            StoreOperation.Read, name, () => inner.ReadAsync(name, offset, destination, cancellationToken).AsTask(), null, cancellationToken, found => fault = found);
        if (read is not { Bytes: > 0 } whole)
        {
            return read;
        }

        if (fault is StoreFault.FlipBit)
        {
            destination.Span[whole.Bytes / 2] ^= 1;
        }

        return fault is StoreFault.ShortenRange ? whole with { Bytes = whole.Bytes / 2 } : whole;
    }

    /// <inheritdoc/>
    public async ValueTask<ObjectPage> ListAsync(string prefix, bool byFolder, string? continuation, CancellationToken cancellationToken) =>
        await InvokeAsync(StoreOperation.List, prefix, () => inner.ListAsync(prefix, byFolder, continuation, cancellationToken).AsTask(), null, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken) => await InvokeAsync(
        StoreOperation.Delete,
        name,
        () => inner.DeleteAsync(name, cancellationToken).AsTask(),
        () => inner.DeleteAsync(name, CancellationToken.None).AsTask(),
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // effect: the call itself. later: the same, able to run when the caller is gone; null where nothing would be changed.
    private async Task<T> InvokeAsync<T>(
        StoreOperation operation,
        string name,
        Func<Task<T>> effect,
        Func<Task<T>>? later,
        CancellationToken cancellationToken,
        Action<StoreFault?>? onRead = null)
    {
        StoreCall call = Begin(operation, name, out StoreFault? fault);
        await ReleaseAsync(call.Number);
        onRead?.Invoke(fault);
        await BeforeAsync(call, fault, later, cancellationToken);
        T result;
        try
        {
            result = await effect();
        }
        finally
        {
            After(call, fault);
        }

        return fault switch
        {
            StoreFault.LoseResponse => throw Unavailable(call, "the answer was lost"),
            StoreFault.FenceAfter => throw new FencedException($"Injected at {call}: a second try found the first one's effect."),
            _ => result,
        };
    }

    private StoreCall Begin(StoreOperation operation, string name, out StoreFault? fault)
    {
        lock (_gate)
        {
            StoreCall call = new(_calls.Count + 1, operation, name);
            RequireAlive(call);
            _calls.Add(call);
            fault = _byNumber.TryGetValue(call.Number, out StoreFault? named) ? named : _script?.Invoke(call);
            fault = fault is not null && fault.AppliesTo(operation) ? fault : null;
            if (fault is not null)
            {
                _fired.Add((call, fault));
            }

            if (fault is StoreFault.Throttle throttle)
            {
                _throttledCalls = throttle.Calls;
            }

            if (_throttledCalls > 0)
            {
                _throttledCalls--;
                throw Unavailable(call, "the store is too busy");
            }

            return call;
        }
    }

    private async Task BeforeAsync<T>(StoreCall call, StoreFault? fault, Func<Task<T>>? later, CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case StoreFault.FailBefore:
                throw Unavailable(call, "the store did not do it");
            case StoreFault.FenceBefore:
                throw new FencedException($"Injected at {call}: the condition did not hold.");
            case StoreFault.DelayEffect delayed:
                lock (_gate)
                {
                    _delayed.Add((call.Number + delayed.Calls, later!));
                }

                throw Unavailable(call, "no answer came");
            case StoreFault.Delay slow:
                await Task.Delay(slow.Time, time, cancellationToken);
                RequireAlive(call);
                break;
            case StoreFault.Crash { AfterEffect: false }:
                _crashed.TrySetResult(call);
                throw new StoreCrashException(call);
        }
    }

    private void After(StoreCall call, StoreFault? fault)
    {
        if (fault is StoreFault.Crash)
        {
            _crashed.TrySetResult(call);
        }

        RequireAlive(call);
    }

    private void RequireAlive(StoreCall call)
    {
        if (_crashed.Task.IsCompleted)
        {
            throw new StoreCrashException(call);
        }
    }

    private async Task ReleaseAsync(int number)
    {
        Func<Task>[] due;
        lock (_gate)
        {
            due = [.. _delayed.Where(delayed => delayed.DueAt <= number).Select(delayed => delayed.Effect)];
            _delayed.RemoveAll(delayed => delayed.DueAt <= number);
        }

        foreach (Func<Task> effect in due)
        {
            try
            {
                await effect();
            }
            catch (FencedException)
            {
                // Its condition holds no longer: it comes too late, and nobody is left to be told.
            }
        }
    }

    private static StorageUnavailableException Unavailable(StoreCall call, string what) => new($"Injected at {call}: {what}.");

    private sealed class Upload(FaultyObjectStore store, string name, IObjectUpload inner) : IObjectUpload
    {
        private bool _effectDelayed;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken) => await store.InvokeAsync(
            StoreOperation.Write,
            name,
            async () =>
            {
                await inner.WriteAsync(block, cancellationToken);
                return true;
            },
            null,
            cancellationToken);

        public async ValueTask<ObjectVersion> CompleteAsync(CancellationToken cancellationToken)
        {
            async Task<ObjectVersion> LaterAsync()
            {
                await using (inner)
                {
                    return await inner.CompleteAsync(CancellationToken.None);
                }
            }

            return await store.InvokeAsync(
                StoreOperation.Complete,
                name,
                () => inner.CompleteAsync(cancellationToken).AsTask(),
                LaterAsync,
                cancellationToken,
                fault => _effectDelayed = fault is StoreFault.DelayEffect);
        }

        // The dead clean nothing up; and what is still under way must not be called off.
        public ValueTask DisposeAsync() => store._crashed.Task.IsCompleted || _effectDelayed ? ValueTask.CompletedTask : inner.DisposeAsync();
    }
}
