using GrainStream.Core.Log;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// ListOffsets 1-11. Timestamps are Unix milliseconds, or a special value: -1 the end that the isolation level may read, -2 the log start,
/// -3 the record with the greatest timestamp (KIP-734), -4 the first offset on the local disk (KIP-405), -5 the last offset that is in
/// remote storage (KIP-1005), -6 the first offset not yet in remote storage (KIP-1023).
/// Deviations: in a batch whose records the broker cannot read (the library of its codec is not installed, or the records are malformed), a search
/// by time answers with the batch's first offset, which is at or before the record meant.
/// </summary>
internal sealed class ListOffsetsHandler(Broker broker) : SerialRequestHandler<ListOffsetsRequest, ListOffsetsResponse>
{
    private const short LowestVersionWithEpoch = 4;
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;
    private const long EarliestLocal = -4;
    private const long LatestTiered = -5;
    private const long EarliestPendingUpload = -6;

    internal override ListOffsetsResponse CreateErrorResponse(ListOffsetsRequest request, ErrorCode error, short version) => new()
    {
        Topics = Array.ConvertAll(request.Topics, topic => new ListOffsetsResponse.ListOffsetsTopicResponse
        {
            Name = topic.Name,
            Partitions = Array.ConvertAll(topic.Partitions, partition => Answer(partition, error)),
        }),
    };

    protected override async ValueTask<ListOffsetsResponse> HandleAsync(ListOffsetsRequest request, RequestContext context)
    {
        ListOffsetsResponse response = CreateErrorResponse(request, ErrorCode.None, context.Version);
        for (int i = 0; i < request.Topics.Length; i++)
        {
            ListOffsetsRequest.ListOffsetsTopic topic = request.Topics[i];
            for (int j = 0; j < topic.Partitions.Length; j++)
            {
                ListOffsetsResponse.ListOffsetsPartitionResponse found = await FindAsync(topic.Name, topic.Partitions[j], context.Cancellation);
                if (context.Version < LowestVersionWithEpoch)
                {
                    found.LeaderEpoch = -1;
                }

                response.Topics[i].Partitions[j] = found;
            }
        }

        return response;
    }

    private async ValueTask<ListOffsetsResponse.ListOffsetsPartitionResponse> FindAsync(
        string topic, ListOffsetsRequest.ListOffsetsPartition asked, CancellationToken cancellationToken)
    {
        ErrorCode error = broker.FindPartition(topic, asked.PartitionIndex, out Partition? partition);
        if (error == ErrorCode.None)
        {
            error = partition!.Log.CheckLeaderEpoch(asked.CurrentLeaderEpoch);
        }

        if (error != ErrorCode.None)
        {
            return Answer(asked, error);
        }

        try
        {
            switch (asked.Timestamp)
            {
                case Latest:
                    return Answer(asked, partition!, partition!.Log.LastStableOffset);
                case Earliest:
                    return Answer(asked, partition!, partition!.Log.LogStartOffset);
                case EarliestLocal:
                    return Answer(asked, partition!, FirstLocalOffset(partition!.Log));
                case LatestTiered:
                    return LastTieredOffset(partition!.Log) is { } last ? Answer(asked, partition, last) : Answer(asked, ErrorCode.None);
                case EarliestPendingUpload:
                    return Answer(asked, partition!, partition!.Log.TieredEnd);
                case MaxTimestamp:
                    return Answer(asked, await broker.Reader.FindMaxTimestampAsync(partition!, cancellationToken));
                case < EarliestPendingUpload:
                    return Answer(asked, ErrorCode.InvalidRequest);
                default:
                    return Answer(asked, await broker.Reader.FindByTimestampAsync(partition!, asked.Timestamp, cancellationToken));
            }
        }
        catch (Exception cause) when (cause is CorruptDataException or StorageUnavailableException)
        {
            broker.ReportReadFailure(partition!, cause);
            return Answer(asked, ErrorCode.KafkaStorageError);
        }
    }

    // Tiered records stay readable from the journal until it needs the room.
    private static Offset FirstLocalOffset(PartitionLog log)
    {
        Offset local = log.Index.FirstOffset ?? log.TieredEnd;
        return local > log.LogStartOffset ? local : log.LogStartOffset;
    }

    // Null for none, which the protocol writes as offset -1.
    private static Offset? LastTieredOffset(PartitionLog log) => log.TieredEnd is var end && end > log.LogStartOffset ? end + -1 : null;

    private static ListOffsetsResponse.ListOffsetsPartitionResponse Answer(ListOffsetsRequest.ListOffsetsPartition asked, ErrorCode error) =>
        new() { PartitionIndex = asked.PartitionIndex, ErrorCode = error, Timestamp = -1, Offset = -1 };

    private static ListOffsetsResponse.ListOffsetsPartitionResponse Answer(
        ListOffsetsRequest.ListOffsetsPartition asked, Partition partition, Offset offset) => new()
        {
            PartitionIndex = asked.PartitionIndex,
            Timestamp = -1,
            Offset = offset.Value,
            LeaderEpoch = partition.Log.LeaderEpoch.Value,
        };

    private static ListOffsetsResponse.ListOffsetsPartitionResponse Answer(ListOffsetsRequest.ListOffsetsPartition asked, FoundRecord? found) =>
        found is { } record
            ? new()
            {
                PartitionIndex = asked.PartitionIndex,
                Timestamp = record.TimestampMs,
                Offset = record.Offset,
                LeaderEpoch = record.LeaderEpoch,
            }
            : Answer(asked, ErrorCode.None);
}
