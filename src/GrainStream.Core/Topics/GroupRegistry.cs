using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;

namespace GrainStream.Core.Topics;

/// <summary>
/// The groups there are, by name and by the id of their log: a part of the <see cref="TopicCatalog"/>, which decides and applies. Any thread may find groups
/// and walk through <see cref="All"/>.
/// </summary>
public sealed class GroupRegistry
{
    /// <summary>Longest name, in characters. Kafka has no bound but the protocol's; names are kept in memory and written in log lines and metrics.</summary>
    public const int MaxNameLength = 1024;

    private readonly ConcurrentDictionary<string, RegisteredGroup> _byName = new(concurrencyLevel: 1, capacity: 31, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TopicId, RegisteredGroup> _byLog = new(concurrencyLevel: 1, capacity: 31);
    private int _count;

    /// <summary>How many there are. Any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>All groups, in no order; those that come or go meanwhile may or may not be among them. Any thread.</summary>
    public IEnumerable<RegisteredGroup> All => _byName.Select(static entry => entry.Value);

    /// <summary>Finds a group by name. Any thread.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out RegisteredGroup? group) => _byName.TryGetValue(name, out group);

    /// <summary>Finds a group by the id of its log. Any thread.</summary>
    public bool TryFind(TopicId log, [NotNullWhen(true)] out RegisteredGroup? group) => _byLog.TryGetValue(log, out group);

    /// <summary>Decides on a group that may be there already; then nothing happens.</summary>
    internal CatalogDecision DecideCreate(string name, TopicId proposedLog)
    {
        if (_byName.ContainsKey(name))
        {
            return CatalogDecision.Accept(null);
        }

        if (name.Length > MaxNameLength)
        {
            return CatalogDecision.Refuse(
                ErrorCode.InvalidGroupId, $"The group's name has {name.Length} characters. Take one of at most {MaxNameLength}.");
        }

        return CatalogDecision.Accept(new GroupCreated { LogId = proposedLog.Value, GroupId = name });
    }

    /// <summary>Decides on deleting a group that may be gone already; then nothing happens.</summary>
    internal CatalogDecision DecideDelete(TopicId log) =>
        CatalogDecision.Accept(_byLog.ContainsKey(log) ? new GroupDeleted { LogId = log.Value } : null);

    internal void Add(string name, Guid logId)
    {
        var group = new RegisteredGroup(name, new TopicId(logId));
        Invariant.Require(
            _byName.TryAdd(name, group) && _byLog.TryAdd(group.LogId, group), $"The log creates group {name} with log {logId}; one of them exists.");
        Volatile.Write(ref _count, _count + 1);
    }

    internal void Remove(Guid logId)
    {
        Invariant.Require(_byLog.TryRemove(new TopicId(logId), out RegisteredGroup? group), $"The log deletes the group with log {logId}, which does not exist.");
        _byName.TryRemove(group.Name, out _);
        Volatile.Write(ref _count, _count - 1);
    }

    internal void Clear()
    {
        _byName.Clear();
        _byLog.Clear();
        Volatile.Write(ref _count, 0);
    }
}
