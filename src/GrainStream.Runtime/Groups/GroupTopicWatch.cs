using GrainStream.Core.Groups;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Groups;

/// <summary>
/// Tells groups that topics have come, gone or grown: those that may care, and once for all changes of a moment, so that a thousand topics created in a row do not
/// become a thousand inputs of each group.
/// </summary>
internal sealed class GroupTopicWatch : IAsyncDisposable
{
    /// <summary>How long changes are gathered. Members learn of their new partitions by their next heartbeat, seconds later.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);

    private readonly GroupServices _services;
    private readonly GroupDirectory _groups;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private HashSet<TopicId> _deleted = [];
    private bool _isSet;

    public GroupTopicWatch(GroupServices services, GroupDirectory groups)
    {
        _services = services;
        _groups = groups;
        _timer = services.Time.CreateTimer(static watch => ((GroupTopicWatch)watch!).Tell(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        services.Topics.TopicsChanged += OnChanged;
    }

    public ValueTask DisposeAsync()
    {
        _services.Topics.TopicsChanged -= OnChanged;
        return _timer.DisposeAsync();
    }

    private void OnChanged(TopicId topic)
    {
        lock (_lock)
        {
            if (!_services.Catalog.TryFind(topic, out _))
            {
                _deleted.Add(topic);
            }

            if (!_isSet)
            {
                _isSet = true;
                _timer.Change(Gathering, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Tell()
    {
        HashSet<TopicId> deleted;
        lock (_lock)
        {
            (deleted, _deleted) = (_deleted, []);
            _isSet = false;
        }

        foreach (GroupHost host in _groups.All)
        {
            if (host.Machine is { } machine && MayCare(machine, deleted))
            {
                host.Post(new GroupSignal(host, static (group, step) => group.TopicsChanged(step)));
            }
        }
    }

    private static bool MayCare(Group group, HashSet<TopicId> deleted) =>
        group.Overview is { Members: > 0 } || (deleted.Count > 0 && group.CommittedOffsets.Keys.Any(partition => deleted.Contains(partition.Topic)));
}
