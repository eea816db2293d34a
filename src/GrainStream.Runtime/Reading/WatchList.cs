using GrainStream.Protocol;

namespace GrainStream.Runtime.Reading;

/// <summary>Readers that wait for one partition's high watermark to pass an offset. Thread-safe; empty ones cost one reference.</summary>
internal sealed class WatchList
{
    private readonly Lock _lock = new();
    private readonly List<(FetchWait Wait, Offset Beyond)> _watchers = [];

    /// <summary>Adds a reader and drops those that are done, so that a quiet partition does not collect them.</summary>
    public void Add(FetchWait wait, Offset beyond)
    {
        lock (_lock)
        {
            _watchers.RemoveAll(static watcher => watcher.Wait.IsDone);
            _watchers.Add((wait, beyond));
        }
    }

    /// <summary>Wakes every reader whose offset lies below <paramref name="highWatermark"/>.</summary>
    public void Signal(Offset highWatermark)
    {
        FetchWait[] woken;
        int count = 0;
        lock (_lock)
        {
            if (_watchers.Count == 0)
            {
                return;
            }

            woken = System.Buffers.ArrayPool<FetchWait>.Shared.Rent(_watchers.Count);
            foreach ((FetchWait wait, Offset beyond) in _watchers)
            {
                if (!wait.IsDone && beyond < highWatermark)
                {
                    woken[count++] = wait;
                }
            }
        }

        // Outside the lock: a woken reader answers its client on this thread.
        for (int i = 0; i < count; i++)
        {
            woken[i].Signal();
        }

        System.Buffers.ArrayPool<FetchWait>.Shared.Return(woken, clearArray: true);
    }
}
