using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;
using GrainStream.Runtime.Partitions;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// DeleteRecords 0-2 (KIP-107). Raises log starts; answered when that is on stable storage. -1 means the high watermark.
/// Deviations: <c>timeout_ms</c> bounds nothing, the disk answers or fails for good.
/// </summary>
internal sealed class DeleteRecordsHandler(Broker broker) : SerialRequestHandler<DeleteRecordsRequest, DeleteRecordsResponse>
{
    internal override DeleteRecordsResponse CreateErrorResponse(DeleteRecordsRequest request, ErrorCode error, short version) => new()
    {
        Topics = Array.ConvertAll(request.Topics, topic => new DeleteRecordsResponse.DeleteRecordsTopicResult
        {
            Name = topic.Name,
            Partitions = Array.ConvertAll(topic.Partitions, partition => new DeleteRecordsResponse.DeleteRecordsPartitionResult
            {
                PartitionIndex = partition.PartitionIndex,
                LowWatermark = -1,
                ErrorCode = error,
            }),
        }),
    };

    protected override async ValueTask<DeleteRecordsResponse> HandleAsync(DeleteRecordsRequest request, RequestContext context)
    {
        DeleteRecordsResponse response = CreateErrorResponse(request, ErrorCode.None, context.Version);
        var raises = new List<(DeleteRecordsResponse.DeleteRecordsPartitionResult Answer, DeleteRecordsInput Input)>();
        for (int i = 0; i < request.Topics.Length; i++)
        {
            DeleteRecordsRequest.DeleteRecordsTopic topic = request.Topics[i];
            for (int j = 0; j < topic.Partitions.Length; j++)
            {
                DeleteRecordsResponse.DeleteRecordsPartitionResult answer = response.Topics[i].Partitions[j];
                answer.ErrorCode = broker.FindPartition(topic.Name, topic.Partitions[j].PartitionIndex, out Partition? partition);
                if (answer.ErrorCode == ErrorCode.None)
                {
                    var input = new DeleteRecordsInput(topic.Partitions[j].Offset);
                    partition!.Post(input);
                    raises.Add((answer, input));
                }
            }
        }

        // All are under way before the first is awaited: one sync serves them all.
        foreach ((DeleteRecordsResponse.DeleteRecordsPartitionResult answer, DeleteRecordsInput input) in raises)
        {
            (answer.ErrorCode, answer.LowWatermark) = await input.Completion;
        }

        return response;
    }
}
