using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Core.Topics;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Groups;

/// <summary>The groups of this node, by name and by the id of their log. Found by any thread; changed by the catalogue's loop only.</summary>
internal sealed class GroupDirectory(GroupServices services)
{
    private readonly ConcurrentDictionary<string, GroupHost> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TopicId, GroupHost> _byLog = new();

    /// <summary>All groups, in no order.</summary>
    public IEnumerable<GroupHost> All => _byLog.Select(static entry => entry.Value);

    public bool TryFind(string name, [NotNullWhen(true)] out GroupHost? group) => _byName.TryGetValue(name, out group);

    /// <summary>Takes in a group that is new.</summary>
    /// <param name="group">The group.</param>
    /// <param name="replay">What the journal had of its log; null for a running node.</param>
    public void Add(RegisteredGroup group, JournalReplay? replay = null)
    {
        var host = new GroupHost(group, services, replay?.LogOf(group.Log, group.LogName));
        _byLog[group.LogId] = host;
        _byName[group.Name] = host;
    }

    /// <summary>Lets go of a deleted group: whoever waits for it looks for it again.</summary>
    public void Remove(TopicId log)
    {
        if (_byLog.TryRemove(log, out GroupHost? host))
        {
            _byName.TryRemove(new KeyValuePair<string, GroupHost>(host.Name, host));
            GroupLog.Deleted(services.Logger, host.Name, log.Value);
            host.Delete();
        }
    }
}
