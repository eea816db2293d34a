using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Records;
using GrainStream.Runtime;
using GrainStream.Runtime.Partitions;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// Produce 3-13. Each partition's batch is checked (lengths, CRC, head), decided on by the partition and answered once it is as durable as
/// <c>acks</c> asks: 0 without an answer, 1 after the write, -1 after the sync on every in-sync replica.
/// Only for compacted topics are the records themselves looked at: each must have a key.
/// Deviations: a transactional id is refused, there are no transactions yet. <c>timeout_ms</c> bounds nothing: replies wait for the
/// disk, which answers or fails for good.
/// </summary>
internal sealed class ProduceHandler(Broker broker) : RequestHandler<ProduceRequest, ProduceResponse>
{
    private const short LowestVersionWithZstd = 7;

    /// <summary>As large as a frame may be: records are not decoded to objects.</summary>
    public override int MaxFrameBytes => int.MaxValue;

    internal override ProduceResponse CreateErrorResponse(ProduceRequest request, ErrorCode error, short version) =>
        CreateResponse(request, error, null);

    protected override async ValueTask DispatchAsync(ProduceRequest request, RequestContext<ProduceResponse> context)
    {
        if (request.Acks is < -1 or > 1)
        {
            context.Complete(CreateResponse(request, ErrorCode.InvalidRequiredAcks, $"acks is {request.Acks}; use -1 (all), 0 or 1."));
            return;
        }

        if (request.TransactionalId is not null)
        {
            const string message = "This broker has no transactions yet: produce without a transactional id.";
            context.Complete(CreateResponse(request, ErrorCode.InvalidRequest, message));
            return;
        }

        await broker.WaitForRoomAsync(BytesOf(request), context.Cancellation);
        var operation = new ProduceOperation(context, CreateResponse(request, ErrorCode.None, null), (Acknowledgement)request.Acks);
        for (int i = 0; i < request.TopicData.Length; i++)
        {
            ProduceRequest.TopicProduceData topic = request.TopicData[i];
            for (int j = 0; j < topic.PartitionData.Length; j++)
            {
                Append(topic, topic.PartitionData[j], operation, operation.Response.Responses[i].PartitionResponses[j], context.Version);
            }
        }

        await operation.AllTakenAsync();
    }

    private void Append(
        ProduceRequest.TopicProduceData topic,
        ProduceRequest.PartitionProduceData data,
        ProduceOperation operation,
        ProduceResponse.PartitionProduceResponse response,
        short version)
    {
        ErrorCode error = version >= 13
            ? broker.FindPartition(new TopicId(topic.TopicId), data.Index, out Partition? partition)
            : broker.FindPartition(topic.Name, data.Index, out partition);
        if (error != ErrorCode.None)
        {
            operation.Refuse(response, error, null);
            return;
        }

        RecordBatchVerdict verdict = RecordBatchValidator.Validate(
            data.Records.Bytes, partition!.Rules.MaxMessageBytes, out RecordBatchHeader header);
        if (verdict.IsValid && partition.Rules.RequiresKeys)
        {
            verdict = RecordBatchValidator.ValidateKeys(data.Records.Bytes, header);
        }

        if (verdict.Error != ErrorCode.None)
        {
            operation.Refuse(response, verdict.Error, verdict.Reason);
            return;
        }

        if (header.Compression == CompressionType.Zstd && version < LowestVersionWithZstd)
        {
            // KIP-110: consumers of such old clients could not read it.
            operation.Refuse(response, ErrorCode.UnsupportedCompressionType, "zstd needs Produce version 7; use another codec or a newer client.");
            return;
        }

        partition.Post(operation.Start(response, header, data.Records.Bytes));
    }

    private static int BytesOf(ProduceRequest request)
    {
        long bytes = 0;
        foreach (ProduceRequest.TopicProduceData topic in request.TopicData)
        {
            foreach (ProduceRequest.PartitionProduceData partition in topic.PartitionData)
            {
                bytes += partition.Records.Length;
            }
        }

        return (int)bytes;
    }

    private static ProduceResponse CreateResponse(ProduceRequest request, ErrorCode error, string? message)
    {
        var responses = new ProduceResponse.TopicProduceResponse[request.TopicData.Length];
        for (int i = 0; i < responses.Length; i++)
        {
            ProduceRequest.TopicProduceData topic = request.TopicData[i];
            var partitions = new ProduceResponse.PartitionProduceResponse[topic.PartitionData.Length];
            for (int j = 0; j < partitions.Length; j++)
            {
                partitions[j] = new ProduceResponse.PartitionProduceResponse
                {
                    Index = topic.PartitionData[j].Index,
                    ErrorCode = error,
                    ErrorMessage = message,
                    BaseOffset = -1,
                };
            }

            responses[i] = new ProduceResponse.TopicProduceResponse { Name = topic.Name, TopicId = topic.TopicId, PartitionResponses = partitions };
        }

        return new ProduceResponse { Responses = responses };
    }
}
