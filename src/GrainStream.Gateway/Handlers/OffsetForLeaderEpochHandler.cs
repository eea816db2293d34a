using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;
using GrainStream.Runtime.Partitions;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// OffsetForLeaderEpoch 2-4 (KIP-320). Answers where a leader epoch ends in the log, so that a client can tell whether what it has read was
/// truncated since. Deviations: none.
/// </summary>
internal sealed class OffsetForLeaderEpochHandler(Broker broker)
    : SerialRequestHandler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>
{
    internal override OffsetForLeaderEpochResponse CreateErrorResponse(
        OffsetForLeaderEpochRequest request, ErrorCode error, short version) =>
        Create(request, (_, partition) => new() { Partition = partition.Partition, ErrorCode = error });

    protected override ValueTask<OffsetForLeaderEpochResponse> HandleAsync(OffsetForLeaderEpochRequest request, RequestContext context) =>
        ValueTask.FromResult(Create(request, Find));

    private OffsetForLeaderEpochResponse.EpochEndOffset Find(string topic, OffsetForLeaderEpochRequest.OffsetForLeaderPartition asked)
    {
        ErrorCode error = broker.FindPartition(topic, asked.Partition, out Partition? partition);
        if (error == ErrorCode.None)
        {
            error = partition!.Log.CheckLeaderEpoch(asked.CurrentLeaderEpoch);
        }

        if (error != ErrorCode.None)
        {
            return new() { Partition = asked.Partition, ErrorCode = error };
        }

        Core.Log.EpochEndOffset end = partition!.Log.EndOffsetForEpoch(new LeaderEpoch(asked.LeaderEpoch));
        return new() { Partition = asked.Partition, LeaderEpoch = end.Epoch.Value, EndOffset = end.EndOffset.Value };
    }

    private static OffsetForLeaderEpochResponse Create(
        OffsetForLeaderEpochRequest request,
        Func<string, OffsetForLeaderEpochRequest.OffsetForLeaderPartition, OffsetForLeaderEpochResponse.EpochEndOffset> answer) => new()
        {
            Topics = Array.ConvertAll(request.Topics, topic => new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult
            {
                Topic = topic.Topic,
                Partitions = Array.ConvertAll(topic.Partitions, partition => answer(topic.Topic, partition)),
            }),
        };
}
