using System.Diagnostics.Metrics;
using GrainStream.Core.Groups;

namespace GrainStream.Runtime.Groups;

/// <summary>What the node counts of groups: meter <c>GrainStream.Groups</c>.</summary>
internal sealed class GroupInstruments : IDisposable
{
    public const string MeterName = "GrainStream.Groups";

    private readonly Meter _meter;
    private readonly Counter<long> _rebalances;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _expired;
    private readonly Histogram<double> _loads;

    public GroupInstruments(IMeterFactory? factory)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _rebalances = _meter.CreateCounter<long>("grainstream.group.rebalances", "{rebalance}", "Rebalances that are over, by group and protocol.");
        _commits = _meter.CreateCounter<long>("grainstream.group.commits", "{offset}", "Offsets committed.");
        _expired = _meter.CreateCounter<long>("grainstream.group.offsets.expired", "{offset}", "Offsets forgotten because nobody needed them for long.");
        _loads = _meter.CreateHistogram<double>("grainstream.group.load.duration", "s", "Time to rebuild a group from its log.");
    }

    /// <summary>Begins to show what is known by looking.</summary>
    public void Observe(
        Func<IEnumerable<Measurement<long>>> groups, Func<IEnumerable<Measurement<long>>> members, Func<IEnumerable<Measurement<long>>> lags)
    {
        _meter.CreateObservableGauge("grainstream.groups", groups, "{group}", "Groups, by state.");
        _meter.CreateObservableGauge("grainstream.group.members", members, "{member}", "Members of each group that has any.");
        _meter.CreateObservableGauge(
            "grainstream.group.lag", lags, "{record}", "Records between a group's committed offset and the high watermark, by group, topic and partition.");
    }

    public void Rebalanced(Rebalance rebalance) => _rebalances.Add(
        1,
        new KeyValuePair<string, object?>("group", rebalance.GroupId),
        new KeyValuePair<string, object?>("protocol", rebalance.Type.ToString()));

    public void Committed(int offsets) => _commits.Add(offsets);

    public void OffsetsExpired(int offsets)
    {
        if (offsets > 0)
        {
            _expired.Add(offsets);
        }
    }

    public void Loaded(TimeSpan elapsed) => _loads.Record(elapsed.TotalSeconds);

    public void Dispose() => _meter.Dispose();
}
