using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Core.Topics.Configs;
using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;

namespace GrainStream.Core.Topics;

/// <summary>
/// The topics there are, by name and id, with partition counts and settings; the brokers' run-time settings; the producer ids given out.
/// <para>
/// Decide, log, apply: <c>Decide…</c> methods look and change nothing; the host appends the decision's event to the catalogue's log and
/// then calls <see cref="Apply"/>. Replay applies the log's events in order. Between a decision and its Apply no other may be taken.
/// </para>
/// <para>
/// Threading: one thread at a time (the catalogue's machine loop) decides and applies. Any thread may find topics, walk through
/// <see cref="All"/> and read <see cref="Broker"/>: topics are immutable and replaced. Applying costs the same however many topics
/// there are, except a change of the brokers' settings.
/// </para>
/// </summary>
public sealed class TopicCatalog
{
    /// <summary>Most partitions of one node, the logs of groups included: each costs memory and work at start even when idle.</summary>
    public const int MaxPartitions = 100_000;

    private readonly int _nodeId;
    private readonly TopicTable _topics = new();
    private readonly ConcurrentDictionary<TopicId, bool> _deleted = new(concurrencyLevel: 1, capacity: 31);
    private readonly RunTimeBrokerConfigs _runTime;
    private BrokerConfig _broker;
    private EffectiveTopicConfig _plainConfig;
    private long _nextProducerId;

    /// <summary>An empty catalogue.</summary>
    /// <param name="nodeId">The one broker's id.</param>
    /// <param name="settings">The server's settings, from its start.</param>
    public TopicCatalog(int nodeId, BrokerConfig settings)
    {
        _nodeId = nodeId;
        _broker = settings;
        _runTime = new RunTimeBrokerConfigs(nodeId);
        _plainConfig = new EffectiveTopicConfig(ConfigOverrides.None, settings);
    }

    /// <summary>The broker's settings as they count now. Any thread.</summary>
    public BrokerConfig Broker => Volatile.Read(ref _broker);

    /// <summary>Partitions of all topics. Any thread.</summary>
    public int PartitionCount => _topics.PartitionCount;

    /// <summary>The groups there are. Any thread.</summary>
    public GroupRegistry Groups { get; } = new();

    /// <summary>All topics, in no order; those that come or go meanwhile may or may not be among them. Any thread.</summary>
    public IEnumerable<Topic> All => _topics.All;

    /// <summary>
    /// Topics and logs of groups that are deleted, but may still have objects in the store. Only what stands here may be deleted there: a topic that is merely unknown may be one that
    /// this catalogue, restored from a copy, has never heard of. Any thread.
    /// </summary>
    public IEnumerable<TopicId> Deleted => _deleted.Select(entry => entry.Key);

    /// <summary>Finds a topic by name. Any thread.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out Topic? topic) => _topics.TryFind(name, out topic);

    /// <summary>Finds a topic by id. Any thread.</summary>
    public bool TryFind(TopicId id, [NotNullWhen(true)] out Topic? topic) => _topics.TryFind(id, out topic);

    /// <summary>
    /// Decides on creating a topic. Names that differ only in '.' and '_' may stand side by side: nothing here confuses them.
    /// </summary>
    public CatalogDecision DecideCreate(CreateTopic command)
    {
        if (CheckNewName(command.Name) is { } refusal)
        {
            return refusal;
        }

        ErrorCode error = Placement.Check(command, _broker, _nodeId, out int partitions, out string? message);
        if (error == ErrorCode.None)
        {
            error = CheckRoom(partitions, out message);
        }

        ConfigOverrides overrides = ConfigOverrides.None;
        if (error == ErrorCode.None)
        {
            error = ConfigOverrides.Create(TopicConfigs.All, command.Configs, out overrides, out message);
        }

        if (error == ErrorCode.None)
        {
            error = CheckTogether(overrides, out message);
        }

        if (error != ErrorCode.None)
        {
            return CatalogDecision.Refuse(error, message);
        }

        Invariant.Require(
            IsFree(command.ProposedId),
            $"The topic id {command.ProposedId} proposed for a new topic is not free.");
        var created = new TopicCreated
        {
            TopicId = command.ProposedId.Value,
            Name = command.Name,
            Partitions = partitions,
            ConfigNames = overrides.Names(),
            ConfigValues = overrides.Texts(),
        };
        return CatalogDecision.Accept(created, NewTopic(created));
    }

    /// <summary>Decides on deleting a topic by name.</summary>
    public CatalogDecision DecideDelete(string name)
    {
        if (InternalTopics.IsReserved(name))
        {
            return OwnTopic(name);
        }

        return TryFind(name, out Topic? topic) ? Delete(topic) : UnknownTopic(name);
    }

    /// <summary>Decides on deleting a topic by id.</summary>
    public CatalogDecision DecideDelete(TopicId id)
    {
        if (id == InternalTopics.CatalogId)
        {
            return OwnTopic(InternalTopics.CatalogName);
        }

        return TryFind(id, out Topic? topic)
            ? Delete(topic)
            : CatalogDecision.Refuse(ErrorCode.UnknownTopicId, $"There is no topic with id {id}.");
    }

    /// <summary>Decides on forgetting a deleted topic that has nothing left in the object store.</summary>
    public CatalogDecision DecideFree(TopicId id) => CatalogDecision.Accept(_deleted.ContainsKey(id) ? new TopicFreed { TopicId = id.Value } : null);

    /// <summary>Decides on giving a topic more partitions.</summary>
    /// <param name="name">The topic.</param>
    /// <param name="total">How many it is to have in all.</param>
    /// <param name="assignments">Brokers of the new partitions; empty to leave it to the cluster.</param>
    public CatalogDecision DecideAddPartitions(string name, int total, IReadOnlyList<ReplicaAssignment> assignments)
    {
        if (!TryFind(name, out Topic? topic))
        {
            return UnknownTopic(name);
        }

        ErrorCode error = Placement.CheckGrowth(topic, total, assignments, _nodeId, out string? message);
        if (error == ErrorCode.None)
        {
            error = CheckRoom(total - topic.PartitionCount, out message);
        }

        if (error != ErrorCode.None)
        {
            return CatalogDecision.Refuse(error, message);
        }

        var added = new PartitionsAdded { TopicId = topic.Id.Value, Partitions = total };
        return CatalogDecision.Accept(added, topic with { PartitionCount = total });
    }

    /// <summary>Decides on replacing all of a topic's own settings (AlterConfigs).</summary>
    public CatalogDecision DecideSetTopicConfigs(string name, IEnumerable<KeyValuePair<string, string?>> configs)
    {
        if (!TryFind(name, out Topic? topic))
        {
            return UnknownTopic(name);
        }

        ErrorCode error = ConfigOverrides.Create(TopicConfigs.All, configs, out ConfigOverrides overrides, out string? message);
        return error != ErrorCode.None ? CatalogDecision.Refuse(error, message) : SetConfigs(topic, overrides);
    }

    /// <summary>Decides on changing some of a topic's own settings (IncrementalAlterConfigs).</summary>
    public CatalogDecision DecideChangeTopicConfigs(string name, IEnumerable<ConfigChange> changes)
    {
        if (!TryFind(name, out Topic? topic))
        {
            return UnknownTopic(name);
        }

        ErrorCode error = topic.Overrides.Change(
            TopicConfigs.All, changes, inherited: topic.Config.Value, out ConfigOverrides overrides, out string? message);
        return error != ErrorCode.None ? CatalogDecision.Refuse(error, message) : SetConfigs(topic, overrides);
    }

    /// <summary>Decides on replacing all run-time settings of a broker, or of <see cref="BrokerConfigsSet.AllBrokers"/>.</summary>
    public CatalogDecision DecideSetBrokerConfigs(int brokerId, IEnumerable<KeyValuePair<string, string?>> configs) =>
        _runTime.Decide(_broker, brokerId, configs.Select(ConfigChange.Setting), isWhole: true);

    /// <summary>Decides on changing some run-time settings of a broker, or of <see cref="BrokerConfigsSet.AllBrokers"/>.</summary>
    public CatalogDecision DecideChangeBrokerConfigs(int brokerId, IEnumerable<ConfigChange> changes) =>
        _runTime.Decide(_broker, brokerId, changes, isWhole: false);

    /// <summary>
    /// Decides on reserving producer ids. The decision's event is a <see cref="ProducerIdsReserved"/>; give its ids out once it is durable.
    /// </summary>
    public CatalogDecision DecideReserveProducerIds(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return CatalogDecision.Accept(new ProducerIdsReserved { FirstProducerId = _nextProducerId, Count = count });
    }

    /// <summary>Decides on giving a group a log of its own. Nothing happens if there is a group of that name.</summary>
    /// <param name="name">The group's id in the protocol.</param>
    /// <param name="proposedLog">A random id for its log.</param>
    public CatalogDecision DecideCreateGroup(string name, TopicId proposedLog)
    {
        Invariant.Require(IsFree(proposedLog), $"The id {proposedLog} proposed for a group's log is not free.");
        CatalogDecision decision = Groups.DecideCreate(name, proposedLog);
        return decision.Event is not null && CheckRoom(1, out _) != ErrorCode.None
            ? CatalogDecision.Refuse(
                ErrorCode.CoordinatorNotAvailable,
                $"The group {name} cannot be created: this node has {PartitionCount} partitions and {Groups.Count} groups, and takes {MaxPartitions} in all. " +
                "Delete topics or groups.")
            : decision;
    }

    /// <summary>Decides on deleting a group, of which nobody is a member, with all it has committed. Nothing happens if it is gone.</summary>
    public CatalogDecision DecideDeleteGroup(TopicId log) => Groups.DecideDelete(log);

    /// <summary>Takes in an event that is in the catalogue's log, new or replayed.</summary>
    public void Apply(ICatalogEvent catalogEvent)
    {
        switch (catalogEvent)
        {
            case TopicCreated created:
                Invariant.Require(!_topics.Has(created.Name), $"The log creates topic {created.Name}, which exists.");
                _topics.Put(NewTopic(created));
                break;
            case TopicDeleted deleted:
                _topics.Remove(_topics.Existing(deleted.TopicId));
                _deleted[new TopicId(deleted.TopicId)] = true;
                break;
            case TopicFreed freed:
                Invariant.Require(_deleted.TryRemove(new TopicId(freed.TopicId), out _), $"The log frees topic {freed.TopicId}, which is not deleted.");
                break;
            case PartitionsAdded added:
                Topic smaller = _topics.Existing(added.TopicId);
                Invariant.Require(
                    added.Partitions > smaller.PartitionCount,
                    $"The log shrinks topic {smaller.Name} to {added.Partitions} partitions.");
                _topics.Put(smaller with { PartitionCount = added.Partitions });
                break;
            case TopicConfigsSet set:
                Topic topic = _topics.Existing(set.TopicId);
                _topics.Put(WithConfig(topic, ConfigOverrides.FromLog(set.ConfigNames, set.ConfigValues)));
                break;
            case BrokerConfigsSet set:
                ApplyBrokerConfigs(set.BrokerId, ConfigOverrides.FromLog(set.ConfigNames, set.ConfigValues));
                break;
            case ProducerIdsReserved reserved:
                Invariant.Require(
                    reserved.FirstProducerId >= _nextProducerId,
                    $"The log reserves producer ids from {reserved.FirstProducerId} again.");
                _nextProducerId = reserved.FirstProducerId + reserved.Count;
                break;
            case GroupCreated created:
                Groups.Add(created.GroupId, created.LogId);
                break;
            case GroupDeleted deleted:
                Groups.Remove(deleted.LogId);
                _deleted[new TopicId(deleted.LogId)] = true;
                break;
            case CatalogSnapshot snapshot:
                Restore(snapshot);
                break;
            default:
                throw new InvariantViolationException($"{catalogEvent.GetType()} is no catalogue event.");
        }
    }

    /// <summary>Everything there is, as one event: applied to any catalogue it makes that one the same as this one.</summary>
    public CatalogSnapshot Snapshot() => CatalogSnapshots.Of(this, _runTime, _nextProducerId);

    private void Restore(CatalogSnapshot snapshot)
    {
        _topics.Clear();
        Groups.Clear();
        _deleted.Clear();
        foreach (Guid deleted in snapshot.DeletedTopicIds)
        {
            _deleted[new TopicId(deleted)] = true;
        }

        _nextProducerId = snapshot.NextProducerId;
        BrokerConfig broker = _runTime.Clear(_broker);
        foreach (CatalogSnapshot.BrokerSettings settings in snapshot.Brokers)
        {
            broker = _runTime.Apply(broker, settings.BrokerId, ConfigOverrides.FromLog(settings.ConfigNames, settings.ConfigValues));
        }

        _plainConfig = new EffectiveTopicConfig(ConfigOverrides.None, broker);
        Volatile.Write(ref _broker, broker);
        foreach (CatalogSnapshot.TopicState topic in snapshot.Topics)
        {
            ConfigOverrides overrides = ConfigOverrides.FromLog(topic.ConfigNames, topic.ConfigValues);
            _topics.Put(new Topic(new TopicId(topic.TopicId), topic.Name, topic.Partitions, overrides, ConfigOf(overrides)));
        }

        foreach (CatalogSnapshot.GroupState group in snapshot.Groups)
        {
            Groups.Add(group.GroupId, group.LogId);
        }
    }

    private static CatalogDecision OwnTopic(string name) =>
        CatalogDecision.Refuse(ErrorCode.InvalidTopic, $"The topic {name} belongs to the broker and cannot be deleted.");

    private static CatalogDecision UnknownTopic(string name) => CatalogDecision.Refuse(
        ErrorCode.UnknownTopicOrPartition,
        TopicName.Problem(name) ?? $"There is no topic {name}. Check the name, or create it.");

    private CatalogDecision? CheckNewName(string name)
    {
        string? problem = TopicName.Problem(name);
        if (problem is null && InternalTopics.IsReserved(name))
        {
            problem = $"The name {name} is kept for the broker's own topics. Choose another.";
        }

        if (problem is not null)
        {
            return CatalogDecision.Refuse(ErrorCode.InvalidTopic, problem);
        }

        return _topics.Has(name) ? CatalogDecision.Refuse(ErrorCode.TopicAlreadyExists, $"Topic {name} already exists.") : null;
    }

    private ErrorCode CheckRoom(int added, out string? message)
    {
        message = null;
        if (added <= MaxPartitions - PartitionCount - Groups.Count)
        {
            return ErrorCode.None;
        }

        message = $"{added} more partitions would be too many: this node has {PartitionCount} and {Groups.Count} groups, and takes {MaxPartitions} in all. " +
            "Ask for fewer, or delete topics or groups.";
        return ErrorCode.PolicyViolation;
    }

    private CatalogDecision Delete(Topic topic) => _broker.DeleteTopicEnable
        ? CatalogDecision.Accept(new TopicDeleted { TopicId = topic.Id.Value }, topic)
        : CatalogDecision.Refuse(
            ErrorCode.TopicDeletionDisabled, "Topics cannot be deleted while the broker's delete.topic.enable is false.");

    private CatalogDecision SetConfigs(Topic topic, ConfigOverrides overrides)
    {
        if (overrides.IsSame(topic.Overrides))
        {
            return CatalogDecision.Accept(null, topic);
        }

        ErrorCode error = CheckTogether(overrides, out string? message);
        if (error != ErrorCode.None)
        {
            return CatalogDecision.Refuse(error, message);
        }

        var set = new TopicConfigsSet { TopicId = topic.Id.Value, ConfigNames = overrides.Names(), ConfigValues = overrides.Texts() };
        return CatalogDecision.Accept(set, WithConfig(topic, overrides));
    }

    private ErrorCode CheckTogether(ConfigOverrides overrides, out string? message)
    {
        message = ConfigOf(overrides).CheckTogether();
        return message is null ? ErrorCode.None : ErrorCode.InvalidConfig;
    }

    private void ApplyBrokerConfigs(int brokerId, ConfigOverrides overrides)
    {
        BrokerConfig broker = _runTime.Apply(_broker, brokerId, overrides);
        _plainConfig = new EffectiveTopicConfig(ConfigOverrides.None, broker);
        Volatile.Write(ref _broker, broker);
        foreach (Topic topic in All)
        {
            _topics.Put(WithConfig(topic, topic.Overrides));
        }
    }

    private Topic NewTopic(TopicCreated created)
    {
        ConfigOverrides overrides = ConfigOverrides.FromLog(created.ConfigNames, created.ConfigValues);
        return new Topic(new TopicId(created.TopicId), created.Name, created.Partitions, overrides, ConfigOf(overrides));
    }

    private Topic WithConfig(Topic topic, ConfigOverrides overrides) => topic with { Overrides = overrides, Config = ConfigOf(overrides) };

    private EffectiveTopicConfig ConfigOf(ConfigOverrides overrides) =>
        overrides.Count == 0 ? _plainConfig : new EffectiveTopicConfig(overrides, _broker);

    private bool IsFree(TopicId id) =>
        id != TopicId.None && id != InternalTopics.CatalogId && !_topics.Has(id) && !Groups.TryFind(id, out _) && !_deleted.ContainsKey(id);
}
