namespace GrainStream.TestKit.Objects;

/// <summary>
/// What may go wrong with one call of an object store, as its caller sees it: after the adapter's own retries, which wait as long as the store's Retry-After asks.
/// What adapters make of HTTP answers is tested at the adapters.
/// </summary>
public abstract record StoreFault
{
    private StoreFault()
    {
    }

    /// <summary>The store does not do it, and says so or does not answer: StorageUnavailableException.</summary>
    public static StoreFault FailedBefore { get; } = new FailBefore();

    /// <summary>The store does it, but the answer is lost: StorageUnavailableException.</summary>
    public static StoreFault ResponseLost { get; } = new LoseResponse();

    /// <summary>The store does it, the answer is lost, and the adapter's second try fails its condition (HTTP 412, or 409): FencedException, though it was done.</summary>
    public static StoreFault FencedByOwnRetry { get; } = new FenceAfter();

    /// <summary>The condition does not hold: FencedException, and nothing was done. What was read before is still there.</summary>
    public static StoreFault Fenced { get; } = new FenceBefore();

    /// <summary>A read gives half of the bytes, though the object goes on.</summary>
    public static StoreFault ShortRange { get; } = new ShortenRange();

    /// <summary>A read gives one byte that is not what was written: the middle one, with its lowest bit flipped.</summary>
    public static StoreFault CorruptRange { get; } = new FlipBit();

    /// <summary>The process dies before the store does anything.</summary>
    public static StoreFault CrashBefore { get; } = new Crash(AfterEffect: false);

    /// <summary>The process dies after the store has done it and before it hears so.</summary>
    public static StoreFault CrashAfter { get; } = new Crash(AfterEffect: true);

    /// <summary>The store is too busy, longer than the adapter tries: this call and the next ones, <paramref name="calls"/> together, fail without effect.</summary>
    public static StoreFault Throttled(int calls) => new Throttle(calls);

    /// <summary>The call takes this long, by the store's clock, before it is done.</summary>
    public static StoreFault Slow(TimeSpan delay) => new Delay(delay);

    /// <summary>
    /// The answer does not come (StorageUnavailableException), and a change takes effect only after so many further calls, if its condition holds then: a request
    /// that lay in some queue, sent perhaps by a process that has died meanwhile.
    /// </summary>
    public static StoreFault EffectDelayed(int calls) => new DelayEffect(calls);

    /// <summary>The faults that can happen to an operation: the rows of a matrix "every fault at every call".</summary>
    public static IReadOnlyList<StoreFault> Of(StoreOperation operation) => operation switch
    {
        StoreOperation.Put or StoreOperation.Complete =>
        [
            FailedBefore, ResponseLost, FencedByOwnRetry, Fenced, Throttled(3), Slow(TimeSpan.FromSeconds(2)), EffectDelayed(2), CrashBefore, CrashAfter,
        ],
        StoreOperation.Read => [FailedBefore, Throttled(3), Slow(TimeSpan.FromSeconds(2)), ShortRange, CorruptRange, CrashBefore, CrashAfter],
        StoreOperation.Delete => [FailedBefore, ResponseLost, Throttled(3), Slow(TimeSpan.FromSeconds(2)), EffectDelayed(2), CrashBefore, CrashAfter],
        _ => [FailedBefore, Throttled(3), Slow(TimeSpan.FromSeconds(2)), CrashBefore, CrashAfter],
    };

    /// <summary>Whether the fault can happen to an operation; where not, a call goes through as if there were no fault.</summary>
    public bool AppliesTo(StoreOperation operation) => this switch
    {
        ShortenRange or FlipBit => operation is StoreOperation.Read,
        FenceBefore or FenceAfter => operation is StoreOperation.Put or StoreOperation.Complete,
        DelayEffect => operation is StoreOperation.Put or StoreOperation.Complete or StoreOperation.Delete,
        _ => true,
    };

    internal sealed record FailBefore : StoreFault;

    internal sealed record LoseResponse : StoreFault;

    internal sealed record FenceBefore : StoreFault;

    internal sealed record FenceAfter : StoreFault;

    internal sealed record ShortenRange : StoreFault;

    internal sealed record FlipBit : StoreFault;

    internal sealed record Crash(bool AfterEffect) : StoreFault;

    internal sealed record Throttle(int Calls) : StoreFault;

    internal sealed record Delay(TimeSpan Time) : StoreFault;

    internal sealed record DelayEffect(int Calls) : StoreFault;
}
