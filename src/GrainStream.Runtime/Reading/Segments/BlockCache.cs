using System.Buffers;
using System.Numerics;

namespace GrainStream.Runtime.Reading.Segments;

/// <summary>
/// Blocks of segments in memory, those used last, within a fixed number of bytes that counts everything: kept blocks, blocks being read by a client's
/// response, blocks being fetched. Who needs a block while all memory is in use waits, first come first served. Concurrent readers of one block fetch
/// it once. Thread-safe.
/// <para>
/// Who holds a block must not wait for another one (two that did could wait for each other): see <c>mayWait</c>.
/// </para>
/// <para>
/// Blocks fetched ahead take at most half, and are given up last, so that many readers do not push out each other's before they come to them; those that
/// nobody came for in a long time go first.
/// </para>
/// </summary>
/// <param name="capacityBytes">The bound. A block larger than all of it is let in when nothing else is.</param>
/// <param name="fetch">Reads and verifies a block.</param>
internal sealed class BlockCache(long capacityBytes, Func<OpenSegment, int, Memory<byte>, CancellationToken, ValueTask> fetch) : IAsyncDisposable
{
    /// <summary>Loads after which a block fetched ahead counts as not wanted any more.</summary>
    private const int StaleAfterLoads = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<BlockKey, SegmentBlock> _blocks = [];
    private readonly LinkedList<SegmentBlock> _used = [];
    private readonly LinkedList<SegmentBlock> _ahead = [];
    private readonly LinkedList<Waiter> _waiting = [];
    private readonly HashSet<Task> _loads = [];
    private readonly CancellationTokenSource _closing = new();
    private long _bytes;
    private long _aheadBytes;
    private long _loadCount;

    /// <summary>Bytes in use and kept.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Blocks fetched so far.</summary>
    public long LoadCount => Interlocked.Read(ref _loadCount);

    /// <summary>Lends a block, fetched if it is not here. Release it soon.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="block">Which of its blocks.</param>
    /// <param name="mayWait">Whether to wait for memory; if not, and there is none, the result is null. Not for who holds another block.</param>
    /// <param name="cancellationToken">Gives up waiting; the fetch goes on for others.</param>
    public ValueTask<SegmentBlock?> AcquireAsync(OpenSegment segment, int block, bool mayWait, CancellationToken cancellationToken)
    {
        var key = new BlockKey(segment.Name, block);
        SegmentBlock? found;
        Waiter? waiter = null;
        bool isNew = false;
        int charge = ChargeOf(segment, block);
        lock (_lock)
        {
            if (_blocks.TryGetValue(key, out found))
            {
                Pin(found);
            }
            else if (_waiting.Count == 0 && TryMakeRoom(charge))
            {
                found = Add(key, segment, charge);
                Pin(found);
                isNew = true;
            }
            else if (mayWait)
            {
                waiter = new Waiter(charge);
                waiter.Node = _waiting.AddLast(waiter);
            }
        }

        if (isNew)
        {
            Start(found!);
        }

        return found is null
            ? waiter is null ? ValueTask.FromResult<SegmentBlock?>(null) : AcquireLaterAsync(key, segment, waiter, cancellationToken)
            : found.Loaded.IsCompletedSuccessfully ? ValueTask.FromResult<SegmentBlock?>(found) : LoadedAsync(found, cancellationToken);
    }

    /// <summary>Gives a block back.</summary>
    public void Release(SegmentBlock block)
    {
        lock (_lock)
        {
            Unpin(block);
            GrantWaiting();
        }
    }

    /// <summary>Fetches a block that a reader will probably want next, if there is memory that nobody needs more.</summary>
    public void FetchAhead(OpenSegment segment, int block)
    {
        var key = new BlockKey(segment.Name, block);
        int charge = ChargeOf(segment, block);
        SegmentBlock added;
        lock (_lock)
        {
            if (_blocks.ContainsKey(key) || _waiting.Count > 0 || _closing.IsCancellationRequested)
            {
                return;
            }

            if (_aheadBytes + charge > capacityBytes / 2)
            {
                if (_ahead.First?.Value is not { } oldest || oldest.FetchedAt + StaleAfterLoads > _loadCount)
                {
                    return;
                }

                Evict(oldest);
            }

            while (_bytes + charge > capacityBytes)
            {
                if (_used.First is null)
                {
                    return;
                }

                Evict(_used.First.Value);
            }

            added = Add(key, segment, charge);
            added.IsAhead = true;
            _aheadBytes += charge;
        }

        Start(added);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        Task[] loads;
        lock (_lock)
        {
            loads = [.. _loads];
        }

        await Task.WhenAll(loads);
        lock (_lock)
        {
            while ((_used.First ?? _ahead.First) is { } idle)
            {
                Evict(idle.Value);
            }
        }

        _closing.Dispose();
    }

    private static int ChargeOf(OpenSegment segment, int block) =>
        (int)Math.Min(Array.MaxLength, BitOperations.RoundUpToPowerOf2((uint)Math.Max(segment.BlockLength(block), 4096)));

    private async ValueTask<SegmentBlock?> AcquireLaterAsync(
        BlockKey key, OpenSegment segment, Waiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Granted.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                Leave(waiter);
            }

            throw;
        }

        SegmentBlock? found;
        bool isNew;
        lock (_lock)
        {
            // Its room is paid for. Somebody else may have fetched the block meanwhile.
            _bytes -= waiter.Charge;
            isNew = !_blocks.TryGetValue(key, out found);
            found ??= Add(key, segment, waiter.Charge);
            Pin(found);
            GrantWaiting();
        }

        if (isNew)
        {
            Start(found);
        }

        return await LoadedAsync(found, cancellationToken);
    }

    private async ValueTask<SegmentBlock?> LoadedAsync(SegmentBlock block, CancellationToken cancellationToken)
    {
        try
        {
            await block.Loaded.WaitAsync(cancellationToken);
            return block;
        }
        catch
        {
            Release(block);
            throw;
        }
    }

    /// <summary>Puts in a block that is to be loaded; the load is its first pin.</summary>
    private SegmentBlock Add(BlockKey key, OpenSegment segment, int charge)
    {
        var block = new SegmentBlock(key, segment, ArrayPool<byte>.Shared.Rent(charge), charge) { Pins = 1, FetchedAt = ++_loadCount };
        _blocks.Add(key, block);
        _bytes += charge;
        return block;
    }

    /// <summary>Begins the load, outside of the lock. It is awaited when the cache is disposed.</summary>
    private void Start(SegmentBlock block)
    {
        Task load = LoadAsync(block);
        if (load.IsCompleted)
        {
            return;
        }

        lock (_lock)
        {
            _loads.RemoveWhere(static done => done.IsCompleted);
            _loads.Add(load);
        }
    }

    /// <summary>Loads and tells who waits. Does not throw.</summary>
    private async Task LoadAsync(SegmentBlock block)
    {
        try
        {
            await fetch(block.Segment, block.Key.Block, block.Buffer.AsMemory(0, block.Bytes.Length), _closing.Token);
            block.Loading.SetResult();
        }
        catch (Exception failure)
        {
            lock (_lock)
            {
                // The next reader tries again.
                _blocks.Remove(block.Key);
                block.IsDropped = true;
                NoLongerAhead(block);
            }

            block.Loading.SetException(failure);

            // If it was fetched ahead, nobody waits: who comes for it will meet the failure by himself.
            _ = block.Loading.Task.Exception;
        }

        Release(block);
    }

    private void Pin(SegmentBlock block)
    {
        block.Pins++;
        NoLongerAhead(block);
        if (block.Idle is { List: { } list } node)
        {
            list.Remove(node);
            block.Idle = null;
        }
    }

    private void NoLongerAhead(SegmentBlock block)
    {
        if (block.IsAhead)
        {
            // Removed from its list by the caller, who needs it, or not in one because it is being loaded.
            block.IsAhead = false;
            _aheadBytes -= block.Charge;
        }
    }

    private void Unpin(SegmentBlock block)
    {
        if (--block.Pins > 0)
        {
            return;
        }

        if (block.IsDropped)
        {
            Free(block);
            return;
        }

        block.Idle = (block.IsAhead ? _ahead : _used).AddLast(block);
    }

    /// <summary>Makes room, first of blocks that have been used, and takes none of it yet.</summary>
    private bool TryMakeRoom(int charge)
    {
        while (_bytes + charge > capacityBytes)
        {
            if ((_used.First ?? _ahead.First) is not { } oldest)
            {
                return _bytes == 0;
            }

            Evict(oldest.Value);
        }

        return true;
    }

    private void Evict(SegmentBlock block)
    {
        block.Idle!.List!.Remove(block.Idle);
        block.Idle = null;
        NoLongerAhead(block);
        _blocks.Remove(block.Key);
        Free(block);
    }

    private void Free(SegmentBlock block)
    {
        _bytes -= block.Charge;
        ArrayPool<byte>.Shared.Return(block.Buffer);
    }

    private void GrantWaiting()
    {
        while (_waiting.First?.Value is { } next && TryMakeRoom(next.Charge))
        {
            _waiting.RemoveFirst();
            next.Node = null;
            _bytes += next.Charge;
            next.Granted.SetResult();
        }
    }

    /// <summary>Takes back a wait that was given up, and the room it may have got at the same moment.</summary>
    private void Leave(Waiter waiter)
    {
        if (waiter.Node is { } node)
        {
            _waiting.Remove(node);
        }
        else
        {
            _bytes -= waiter.Charge;
        }

        GrantWaiting();
    }

    private sealed class Waiter(int charge)
    {
        public int Charge { get; } = charge;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkedListNode<Waiter>? Node { get; set; }
    }
}
