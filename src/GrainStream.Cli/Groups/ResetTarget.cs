using GrainStream.Client;
using GrainStream.Client.Administration;

namespace GrainStream.Cli.Groups;

/// <summary>Where offsets are to be set.</summary>
/// <param name="Kind">Which way of saying it.</param>
/// <param name="Number">Offset, or by how much.</param>
/// <param name="Time">Point in time.</param>
internal sealed record ResetTarget(ResetKind Kind, long Number = 0, DateTimeOffset Time = default)
{
    /// <summary>New offsets, kept within what each partition holds.</summary>
    /// <param name="offsets">To look up offsets.</param>
    /// <param name="current">What the group has now; a partition without an offset shifts from its start.</param>
    /// <param name="partitions">Which.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> PlanAsync(
        OffsetAdmin offsets, IReadOnlyDictionary<TopicPartition, long> current, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation)
    {
        IReadOnlyDictionary<TopicPartition, long> starts = await offsets.ListAsync(partitions, OffsetSpec.Earliest, cancellation);
        IReadOnlyDictionary<TopicPartition, long> ends = await offsets.ListAsync(partitions, OffsetSpec.Latest, cancellation);
        IReadOnlyDictionary<TopicPartition, long> timed = Kind == ResetKind.Time ? await offsets.ListAsync(partitions, OffsetSpec.At(Time), cancellation) : starts;
        return partitions.ToDictionary(partition => partition, partition => Math.Clamp(
            Kind switch
            {
                ResetKind.Earliest => starts[partition],
                ResetKind.Latest => ends[partition],
                ResetKind.Offset => Number,
                ResetKind.Shift => current.GetValueOrDefault(partition, starts[partition]) + Number,
                _ => timed[partition],
            },
            starts[partition],
            Math.Max(starts[partition], ends[partition])));
    }
}
