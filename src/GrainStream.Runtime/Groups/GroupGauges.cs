using System.Diagnostics.Metrics;
using GrainStream.Core.Groups;
using GrainStream.Core.Groups.Offsets;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Topics;

namespace GrainStream.Runtime.Groups;

/// <summary>What is known of groups by looking, when metrics are read. Does not enter their machines.</summary>
internal sealed class GroupGauges(GroupDirectory groups, PartitionDirectory partitions)
{
    private const string NotAvailable = "NotAvailable";

    /// <summary>Shows them from here on.</summary>
    public void Register(GroupInstruments instruments) => instruments.Observe(CountByState, CountMembers, MeasureLags);

    private IEnumerable<Measurement<long>> CountByState() => groups.All
        .GroupBy(static group => group.Machine?.Overview.State.ToString() ?? NotAvailable)
        .Select(static state => new Measurement<long>(state.LongCount(), new KeyValuePair<string, object?>("state", state.Key)));

    private IEnumerable<Measurement<long>> CountMembers()
    {
        foreach (GroupHost host in groups.All)
        {
            if (host.Machine?.Overview.Members is > 0 and int members)
            {
                yield return new Measurement<long>(members, new KeyValuePair<string, object?>("group", host.Name));
            }
        }
    }

    // Only of partitions with a committed offset: how far behind a group is that never committed nobody can say.
    private IEnumerable<Measurement<long>> MeasureLags()
    {
        foreach (GroupHost host in groups.All)
        {
            if (host.Machine is not { } machine)
            {
                continue;
            }

            foreach ((PartitionId id, CommittedOffset committed) in machine.CommittedOffsets)
            {
                if (partitions.Find(id.Topic, id.Index, out Partition? partition) == ErrorCode.None)
                {
                    yield return new Measurement<long>(
                        Math.Max(0, partition!.Log.HighWatermark.Value - committed.Offset.Value),
                        new KeyValuePair<string, object?>("group", host.Name),
                        new KeyValuePair<string, object?>("topic", partition.TopicName),
                        new KeyValuePair<string, object?>("partition", id.Index));
                }
            }
        }
    }
}
