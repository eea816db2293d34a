namespace GrainStream.Tiering.Tests.Support;

/// <summary>What groups have committed, as far as the test was told. Offsets only grow, so that what may be found is a range. Not thread-safe: see <see cref="History"/>.</summary>
internal sealed class CommitHistory
{
    private readonly Dictionary<(string Group, string Topic, int Partition), (long Acknowledged, long Sent)> _offsets = [];

    public IEnumerable<(string Group, string Topic, int Partition)> Keys => _offsets.Keys;

    public void Sent((string Group, string Topic, int Partition) key, long offset) =>
        _offsets[key] = (_offsets.TryGetValue(key, out (long Acknowledged, long Sent) before) ? before.Acknowledged : -1, offset);

    public void Acknowledged((string Group, string Topic, int Partition) key, long offset) => _offsets[key] = (offset, _offsets[key].Sent);

    /// <summary>The group is being deleted: nothing of it has to be there any more.</summary>
    public void MayBeDeleted(string group) => Change(group, offset => (-1, offset.Sent));

    /// <summary>The group is deleted: nothing of it may be there.</summary>
    public void Deleted(string group) => Change(group, static _ => (-1, -1));

    public void Check((string Group, string Topic, int Partition) key, long found)
    {
        (long acknowledged, long sent) = _offsets[key];
        Assert.True(found >= acknowledged && found <= sent, $"{key} is at {found}, but {acknowledged} was acknowledged and {sent} sent last");
    }

    public CommitHistory Copy()
    {
        var copy = new CommitHistory();
        foreach (((string, string, int) key, (long, long) offset) in _offsets)
        {
            copy._offsets.Add(key, offset);
        }

        return copy;
    }

    private void Change(string group, Func<(long Acknowledged, long Sent), (long, long)> change)
    {
        foreach ((string Group, string Topic, int Partition) key in _offsets.Keys.Where(key => key.Group == group).ToArray())
        {
            _offsets[key] = change(_offsets[key]);
        }
    }
}
