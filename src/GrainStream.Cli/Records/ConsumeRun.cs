using GrainStream.Cli.Clusters;
using GrainStream.Cli.Values;
using GrainStream.Client;
using GrainStream.Client.Administration;
using GrainStream.Client.Consuming;
using GrainStream.Client.Grouping;

namespace GrainStream.Cli.Records;

/// <summary>Reads and prints until there is no more to be printed.</summary>
/// <param name="context">Cluster and output.</param>
/// <param name="template">How to print a record, unless JSON is asked for.</param>
/// <param name="isFollowing">Goes on behind the end that the partitions have now.</param>
/// <param name="count">Most records to print; null for no limit.</param>
internal sealed class ConsumeRun(ClusterCommand context, RecordTemplate template, bool isFollowing, long? count)
{
    private static readonly TimeSpan PollWait = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<TopicPartition, long> _ends = [];
    private long _printed;

    private bool IsEnough => count is { } most && _printed >= most;

    private int Room => count is { } most ? (int)Math.Min(500, most - _printed) : 500;

    /// <summary>Reads partitions.</summary>
    public async Task PartitionsAsync(ConsumerOptions options, IReadOnlyDictionary<TopicPartition, StartPosition> starts, CancellationToken cancellation)
    {
        // An offset that is not there is an error here: to print other records than asked for helps nobody.
        await using Consumer consumer = context.Client.CreateConsumer(options with { OffsetReset = OffsetReset.Fail });
        await NoteEndsAsync(starts.Keys, cancellation);
        await consumer.AssignAsync(starts, cancellation);
        while (!IsEnough && !IsAtEnd(consumer.Assignment, consumer.PositionOf))
        {
            Print(await consumer.PollAsync(PollWait, Room, cancellation), isBounded: !isFollowing);
        }
    }

    /// <summary>Reads as a member of a group.</summary>
    public async Task AsMemberAsync(GroupConsumerOptions options, CancellationToken cancellation)
    {
        bool isAssigned = false;
        GroupConsumer? member = null;
        options = options with
        {
            OnAssigned = async partitions =>
            {
                isAssigned = true;
                if (!isFollowing)
                {
                    await NoteEndsAsync(partitions.Where(partition => !_ends.ContainsKey(partition)), cancellation);
                }
            },
        };
        member = context.Client.CreateGroupConsumer(options);
        await using (member)
        {
            while (!IsEnough && !(isAssigned && IsAtEnd(member.Assignment, member.PositionOf)))
            {
                IReadOnlyList<ConsumedRecord> records = await member.PollAsync(PollWait, Room, cancellation);
                if (records.Count > 0)
                {
                    // First out of our hands, then committed: a record may be printed twice, but none is left out.
                    Print(records, isBounded: false);
                    await member.CommitAsync(cancellation);
                }
            }
        }
    }

    private async Task NoteEndsAsync(IEnumerable<TopicPartition> partitions, CancellationToken cancellation)
    {
        TopicPartition[] asked = [.. partitions];
        if (!isFollowing && asked.Length > 0)
        {
            foreach ((TopicPartition partition, long end) in await context.Client.Offsets.ListAsync(asked, OffsetSpec.Latest, cancellation))
            {
                _ends[partition] = end;
            }
        }
    }

    private bool IsAtEnd(IEnumerable<TopicPartition> partitions, Func<TopicPartition, long?> positionOf) =>
        !isFollowing && partitions.All(partition => _ends.TryGetValue(partition, out long end) && positionOf(partition) >= end);

    /// <param name="records">What was polled.</param>
    /// <param name="isBounded">Leaves out what came after the start. Not where it is committed afterwards: that would lose it.</param>
    private void Print(IReadOnlyList<ConsumedRecord> records, bool isBounded)
    {
        using MemoryStream bytes = new();
        foreach (ConsumedRecord record in records)
        {
            if (isBounded && _ends.TryGetValue(record.Partition, out long end) && record.Offset >= end)
            {
                continue;
            }

            _printed++;
            if (context.Output.IsJson)
            {
                context.Output.WriteJson(RecordJson.Of(record));
            }
            else
            {
                template.Write(bytes, record);
            }
        }

        if (records.Count > 0)
        {
            // Keys and values are bytes, whatever they are; what was written as text before them goes first.
            context.Output.Flush();
            bytes.WriteTo(context.Output.Bytes);
        }
    }
}
