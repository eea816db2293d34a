using GrainStream.Cli.Clusters;
using GrainStream.Client;
using GrainStream.Client.Administration;
using GrainStream.Client.Clusters;
using GrainStream.Client.Consuming;

namespace GrainStream.Cli.Benchmarks;

/// <summary><c>bench consume</c>.</summary>
internal sealed class ConsumeBench(ClusterCommand context)
{
    private const int PartitionMaxBytes = 4 << 20;

    private static readonly TimeSpan PollWait = TimeSpan.FromSeconds(1);

    /// <exception cref="CommandFailedException">The topic is empty.</exception>
    public async Task RunAsync(TopicMetadata topic, long most, CancellationToken cancellation)
    {
        IReadOnlyList<TopicPartition> partitions = ClusterCommand.Partitions(topic, named: null);
        IReadOnlyDictionary<TopicPartition, long> ends = await context.Client.Offsets.ListAsync(partitions, OffsetSpec.Latest, cancellation);
        IReadOnlyDictionary<TopicPartition, long> starts = await context.Client.Offsets.ListAsync(partitions, OffsetSpec.Earliest, cancellation);
        if (partitions.All(partition => ends[partition] == starts[partition]))
        {
            throw new CommandFailedException(ExitCode.NotFound, $"Topic {topic.Name} has no records. \"grainstream bench produce {topic.Name}\" makes some.");
        }

        LatencyHistogram waits = new();
        long records = 0;
        long bytes = 0;
        await using Consumer consumer = context.Client.CreateConsumer(new ConsumerOptions { MaxPollRecords = int.MaxValue, PartitionMaxBytes = PartitionMaxBytes });
        long began = TimeProvider.System.GetTimestamp();
        await consumer.AssignAsync(starts.ToDictionary(start => start.Key, start => StartPosition.At(start.Value)), cancellation);
        while (records < most && partitions.Any(partition => consumer.PositionOf(partition) < ends[partition]))
        {
            long polledAt = TimeProvider.System.GetTimestamp();
            IReadOnlyList<ConsumedRecord> polled = await consumer.PollAsync(PollWait, (int)Math.Min(int.MaxValue, most - records), cancellation);
            waits.Add(TimeProvider.System.GetElapsedTime(polledAt));
            records += polled.Count;
            for (int i = 0; i < polled.Count; i++)
            {
                bytes += (polled[i].Key?.Length ?? 0) + (polled[i].Value?.Length ?? 0);
            }
        }

        new BenchReport(topic.Name, records, bytes, TimeProvider.System.GetElapsedTime(began), waits, "what a poll waited for records").Print(context.Output);
    }
}
