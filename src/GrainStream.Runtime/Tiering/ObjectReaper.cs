using System.Collections.Immutable;
using GrainStream.Core;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Deletes objects that no manifest names any more, after a grace in which readers finish. Kept in memory only: what a crash leaves undeleted is found by
/// the sweep. Anybody may add; one loop deletes.
/// </summary>
internal sealed class ObjectReaper(TimeProvider time, Func<TopicId, TimeSpan> graceOf)
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Condemned, long> _condemned = new();

    /// <summary>When the next objects may be deleted; null if none wait.</summary>
    public Timestamp? NextDue
    {
        get
        {
            lock (_lock)
            {
                return _condemned.TryPeek(out _, out long due) ? new Timestamp(due) : null;
            }
        }
    }

    /// <summary>Objects that a committed manifest no longer names.</summary>
    public void Add(PartitionId partition, ImmutableArray<SegmentEntry> segments, ImmutableArray<PageRef> pages)
    {
        if (!segments.IsEmpty || !pages.IsEmpty)
        {
            Enqueue(new Condemned(DueOf(partition), partition, segments, pages, []));
        }
    }

    /// <summary>Objects that nothing names, by their names.</summary>
    public void Add(PartitionId partition, ImmutableArray<string> names)
    {
        if (!names.IsEmpty)
        {
            Enqueue(new Condemned(DueOf(partition), partition, [], [], names));
        }
    }

    /// <summary>Deletes what is due. What a failure leaves is tried again with the next call.</summary>
    /// <returns>Objects deleted.</returns>
    /// <exception cref="Ports.StorageUnavailableException">The store does not answer.</exception>
    public async Task<long> DeleteDueAsync(Ports.IObjectStore store, CancellationToken cancellationToken)
    {
        long deleted = 0;
        Timestamp now = new(time.GetUtcNow().ToUnixTimeMilliseconds());
        while (TryPeek(now, out Condemned due))
        {
            foreach (string name in due.Names())
            {
                deleted += await store.DeleteAsync(name, cancellationToken) ? 1 : 0;
            }

            lock (_lock)
            {
                // What was added meanwhile is due later, unless its topic's delay is shorter: then that one is dealt with next.
                _condemned.Remove(due, out _, out _);
            }
        }

        return deleted;
    }

    private Timestamp DueOf(PartitionId partition) => new((time.GetUtcNow() + graceOf(partition.Topic)).ToUnixTimeMilliseconds());

    private void Enqueue(in Condemned condemned)
    {
        lock (_lock)
        {
            _condemned.Enqueue(condemned, condemned.Due.UnixMs);
        }

    }

    private bool TryPeek(Timestamp now, out Condemned due)
    {
        lock (_lock)
        {
            return _condemned.TryPeek(out due, out long at) && at <= now.UnixMs;
        }
    }

    /// <summary>Names are made when they are needed: entries are a third of their size.</summary>
    private readonly record struct Condemned(
        Timestamp Due, PartitionId Partition, ImmutableArray<SegmentEntry> Segments, ImmutableArray<PageRef> Pages, ImmutableArray<string> Others)
    {
        public IEnumerable<string> Names()
        {
            PartitionId partition = Partition;
            return Segments.Select(segment => SegmentName.Of(partition, segment).ToString())
                .Concat(Pages.Select(page => PageName.Of(partition, page).ToString()))
                .Concat(Others);
        }
    }
}
