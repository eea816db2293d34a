using System.Collections.Concurrent;
using System.Text;
using GrainStream.Core.Groups.Events;
using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Offsets;

/// <summary>How far a group has come in each partition. Keyed by topic id: a topic created again under an old name starts afresh.</summary>
internal sealed class GroupOffsets(Group group)
{
    private static readonly ConcurrentDictionary<PartitionId, CommittedOffset> None = new(concurrencyLevel: 1, capacity: 0);

    // Most groups have few partitions, and there may be thousands of groups: small tables, made with the first commit.
    private ConcurrentDictionary<PartitionId, CommittedOffset>? _offsets;

    public int Count { get; private set; }

    /// <summary>For any thread to read.</summary>
    public IReadOnlyDictionary<PartitionId, CommittedOffset> Published => Volatile.Read(ref _offsets) ?? None;

    public void Reset()
    {
        Volatile.Write(ref _offsets, null);
        Count = 0;
    }

    public void Apply(OffsetsCommitted committed)
    {
        if (_offsets is null)
        {
            Volatile.Write(ref _offsets, new ConcurrentDictionary<PartitionId, CommittedOffset>(concurrencyLevel: 1, capacity: 4));
        }

        var at = new Timestamp(committed.CommittedAtMs);
        var expireAt = new Timestamp(committed.ExpireAtMs);
        foreach (OffsetsCommitted.TopicOffsets topic in committed.Topics)
        {
            foreach (OffsetsCommitted.PartitionOffset partition in topic.Partitions)
            {
                var id = new PartitionId(new TopicId(topic.TopicId), partition.Index);
                var offset = new CommittedOffset(new Offset(partition.Offset), partition.LeaderEpoch, partition.Metadata, at, expireAt);
                if (_offsets!.TryAdd(id, offset))
                {
                    Count++;
                }
                else
                {
                    _offsets[id] = offset;
                }
            }
        }
    }

    public void Apply(OffsetsRemoved removed)
    {
        foreach (OffsetsRemoved.TopicPartitions topic in removed.Topics)
        {
            foreach (int index in topic.Partitions)
            {
                if (_offsets?.TryRemove(new PartitionId(new TopicId(topic.TopicId), index), out _) == true)
                {
                    Count--;
                }
            }
        }
    }

    /// <summary>Offsets in order of when they were committed, one event for each such moment; so the same state gives the same events.</summary>
    public void AddSnapshot(List<IGroupEvent> events)
    {
        var moments = Published.GroupBy(entry => (entry.Value.CommittedAt, entry.Value.ExpireAt)).OrderBy(moment => moment.Key);
        foreach (var moment in moments)
        {
            events.Add(new OffsetsCommitted
            {
                CommittedAtMs = moment.Key.CommittedAt.UnixMs,
                ExpireAtMs = moment.Key.ExpireAt.UnixMs,
                Topics = [.. moment.GroupBy(entry => entry.Key.Topic).OrderBy(topic => topic.Key.Value).Select(topic => new OffsetsCommitted.TopicOffsets
                {
                    TopicId = topic.Key.Value,
                    Partitions = [.. topic.OrderBy(entry => entry.Key.Index).Select(entry => new OffsetsCommitted.PartitionOffset
                    {
                        Index = entry.Key.Index,
                        Offset = entry.Value.Offset.Value,
                        LeaderEpoch = entry.Value.LeaderEpoch,
                        Metadata = entry.Value.Metadata,
                    })],
                })],
            });
        }
    }

    /// <summary>Emits the commit, unless <paramref name="error"/> says why not; offsets whose metadata is too large are left out (OFFSET_METADATA_TOO_LARGE).</summary>
    public static void Commit(GroupStep step, CommitOffsets commit, ErrorCode error, Action<IReadOnlyList<ErrorCode>> reply)
    {
        var outcomes = new ErrorCode[commit.Offsets.Count];
        Array.Fill(outcomes, error);
        if (error == ErrorCode.None)
        {
            int accepted = 0;
            for (int i = 0; i < outcomes.Length; i++)
            {
                bool isTooLarge = IsTooLarge(commit.Offsets[i].Metadata, step.Config.OffsetMetadataMaxBytes);
                outcomes[i] = isTooLarge ? ErrorCode.OffsetMetadataTooLarge : ErrorCode.None;
                accepted += isTooLarge ? 0 : 1;
            }

            if (accepted > 0)
            {
                step.Emit(NewEvent(step.Now, commit, outcomes, accepted));
            }
        }

        step.Answer(reply, outcomes);
    }

    public FetchedOffsets Fetch(FetchOffsets fetch)
    {
        IReadOnlyDictionary<PartitionId, CommittedOffset> offsets = Published;
        IEnumerable<FetchedOffset> found = fetch.Partitions is null
            ? offsets.Select(entry => new FetchedOffset(entry.Key, entry.Value)).OrderBy(entry => entry.Partition.Topic.Value).ThenBy(entry => entry.Partition.Index)
            : fetch.Partitions.Select(partition => new FetchedOffset(partition, offsets.GetValueOrDefault(partition)));
        return new FetchedOffsets(ErrorCode.None, [.. found]);
    }

    public DeletedOffsets Delete(GroupStep step, IReadOnlyList<PartitionId> partitions)
    {
        var outcomes = new ErrorCode[partitions.Count];
        var subscribed = new Dictionary<TopicId, bool>();
        for (int i = 0; i < outcomes.Length; i++)
        {
            TopicId topic = partitions[i].Topic;
            if (!subscribed.TryGetValue(topic, out bool isSubscribed))
            {
                isSubscribed = group.IsSubscribed(step, topic);
                subscribed.Add(topic, isSubscribed);
            }

            outcomes[i] = isSubscribed ? ErrorCode.GroupSubscribedToTopic : ErrorCode.None;
        }

        Remove(step, partitions.Where(partition => !subscribed[partition.Topic] && Published.ContainsKey(partition)).Distinct());
        return new DeletedOffsets(ErrorCode.None, outcomes);
    }

    /// <summary>Forgets offsets of topics that are gone.</summary>
    public void DropDeletedTopics(GroupStep step)
    {
        if (Count > 0)
        {
            Remove(step, Published.Select(entry => entry.Key).Where(partition => !step.Topics.TryFind(partition.Topic, out _)));
        }
    }

    /// <summary>Forgets offsets that nobody has needed for as long as they are kept.</summary>
    public void Expire(GroupStep step)
    {
        if (Count == 0)
        {
            return;
        }

        DropDeletedTopics(step);
        Remove(step, Published.Where(entry => IsExpired(step, entry.Key.Topic, entry.Value)).Select(entry => entry.Key));
    }

    private static bool IsTooLarge(string metadata, int maxBytes) =>
        metadata.Length > maxBytes || (metadata.Length > maxBytes / 4 && Encoding.UTF8.GetByteCount(metadata) > maxBytes);

    private static OffsetsCommitted NewEvent(Timestamp now, CommitOffsets commit, ErrorCode[] outcomes, int accepted)
    {
        var entries = new List<OffsetToCommit>(accepted);
        for (int i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i] == ErrorCode.None)
            {
                entries.Add(commit.Offsets[i]);
            }
        }

        // Nearly always they come by topic already; what comes twice is applied in order, so that the last counts.
        var topics = new List<OffsetsCommitted.TopicOffsets>(1);
        for (int begin = 0; begin < entries.Count;)
        {
            int end = begin + 1;
            while (end < entries.Count && entries[end].Partition.Topic == entries[begin].Partition.Topic)
            {
                end++;
            }

            var partitions = new OffsetsCommitted.PartitionOffset[end - begin];
            for (int i = begin; i < end; i++)
            {
                OffsetToCommit entry = entries[i];
                partitions[i - begin] = new OffsetsCommitted.PartitionOffset
                {
                    Index = entry.Partition.Index,
                    Offset = entry.Offset.Value,
                    LeaderEpoch = entry.LeaderEpoch,
                    Metadata = entry.Metadata,
                };
            }

            topics.Add(new OffsetsCommitted.TopicOffsets { TopicId = entries[begin].Partition.Topic.Value, Partitions = partitions });
            begin = end;
        }

        return new OffsetsCommitted
        {
            CommittedAtMs = now.UnixMs,
            ExpireAtMs = commit.RetentionMs is { } retention ? now.UnixMs + retention : Timestamp.None.UnixMs,
            Topics = [.. topics],
        };
    }

    private static void Remove(GroupStep step, IEnumerable<PartitionId> partitions)
    {
        OffsetsRemoved.TopicPartitions[] topics =
        [
            .. partitions.GroupBy(partition => partition.Topic).OrderBy(topic => topic.Key.Value).Select(topic => new OffsetsRemoved.TopicPartitions
            {
                TopicId = topic.Key.Value,
                Partitions = [.. topic.Select(partition => partition.Index).Order()],
            }),
        ];
        if (topics.Length > 0)
        {
            step.Emit(new OffsetsRemoved { Topics = topics });
        }
    }

    private bool IsExpired(GroupStep step, TopicId topic, CommittedOffset offset)
    {
        if (group.UnusedSince(step, topic, offset.CommittedAt) is not { } unusedSince)
        {
            return false;
        }

        return offset.ExpireAt != Timestamp.None
            ? step.Now >= offset.ExpireAt
            : step.Now.UnixMs - unusedSince.UnixMs >= step.Config.OffsetsRetention.TotalMilliseconds;
    }
}
