using GrainStream.Core;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Topics;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Deletes what deleted topics have in the store, after a grace. The catalogue remembers each until that is done, so that a crash only delays it; what belongs
/// to a topic that the catalogue merely does not know is never deleted. Topics are condemned by any thread; one loop deletes.
/// </summary>
internal sealed class TopicRemover(TierServices services, TierOperations operations, TopicService topics)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TopicId, Timestamp> _condemned = [];

    /// <summary>When the next topic may be removed; null if none waits.</summary>
    public Timestamp? NextDue
    {
        get
        {
            lock (_lock)
            {
                return _condemned.Count == 0 ? null : _condemned.Values.Min();
            }
        }
    }

    /// <summary>A topic has been deleted.</summary>
    public void Add(TopicId topic)
    {
        Timestamp due = new((services.Time.GetUtcNow() + topics.Catalog.Broker.SegmentDeleteDelay).ToUnixTimeMilliseconds());
        lock (_lock)
        {
            _condemned.TryAdd(topic, due);
        }
    }

    /// <summary>
    /// Takes up what an earlier run left, and tells of folders that belong to no topic there is or was: the store may be newer than a data directory that was
    /// restored from a copy.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public async Task LookOverAsync(CancellationToken cancellationToken)
    {
        HashSet<TopicId> deleted = [.. topics.Catalog.Deleted];
        foreach (TopicId topic in deleted)
        {
            Add(topic);
        }

        string? continuation = null;
        do
        {
            ObjectPage page = await services.Store.ListAsync("", true, continuation, cancellationToken);
            foreach (string folder in page.Prefixes)
            {
                if (PartitionFolder.TryParseTopic(folder, out TopicId topic) && !topics.Catalog.TryFind(topic, out _) && !deleted.Contains(topic))
                {
                    TierLog.UnknownTopicKept(services.Logger, topic.Value);
                }
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    /// <summary>Removes the topics whose grace is over. What a failure leaves is tried again with the next call.</summary>
    /// <returns>Objects deleted.</returns>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public async Task<long> RemoveDueAsync(CancellationToken cancellationToken)
    {
        long deleted = 0;
        foreach (TopicId topic in DueNow())
        {
            // An upload that was under way when the topic was deleted may still make objects.
            if (!operations.IsBusy(topic))
            {
                deleted += await RemoveAsync(topic, cancellationToken);
                await topics.ExecuteAsync(catalog => catalog.DecideFree(topic));
                lock (_lock)
                {
                    _condemned.Remove(topic);
                }
            }
        }

        return deleted;
    }

    private TopicId[] DueNow()
    {
        Timestamp now = services.Now;
        lock (_lock)
        {
            return [.. _condemned.Where(topic => topic.Value <= now).Select(topic => topic.Key)];
        }
    }

    private async Task<long> RemoveAsync(TopicId topic, CancellationToken cancellationToken)
    {
        long deleted = 0;
        while (true)
        {
            // Always the first page: what it named is gone by the next look.
            ObjectPage page = await services.Store.ListAsync(PartitionFolder.OfTopic(topic), false, null, cancellationToken);
            if (page.Objects.Count == 0)
            {
                break;
            }

            foreach (StoredObject found in page.Objects)
            {
                deleted += await services.Store.DeleteAsync(found.Name, cancellationToken) ? 1 : 0;
            }
        }

        if (deleted > 0)
        {
            TierLog.TopicFreed(services.Logger, topic.Value, deleted);
        }

        return deleted;
    }
}
