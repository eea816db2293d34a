using System.Buffers;
using GrainStream.Gateway.Connections;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Partitions;

namespace GrainStream.Gateway.Handlers;

/// <summary>One produce request under way: counts which batches are still borrowed and which are still unanswered.</summary>
internal sealed class ProduceOperation(RequestContext<ProduceResponse> context, ProduceResponse response, Acknowledgement acknowledgement)
{
    // Each count has one more for the dispatch itself, so that it cannot end before all batches are posted.
    private int _untaken = 1;
    private int _unanswered = 1;
    private TaskCompletionSource? _allTaken;
    private string? _refusal;

    /// <summary>The answer; complete when all batches are answered.</summary>
    public ProduceResponse Response { get; } = response;

    /// <summary>The input for one batch, to be posted to its partition.</summary>
    public PartitionAppend Start(
        ProduceResponse.PartitionProduceResponse partition, in RecordBatchHeader header, in ReadOnlySequence<byte> batch)
    {
        Interlocked.Increment(ref _untaken);
        Interlocked.Increment(ref _unanswered);
        return new BatchAppend(this, partition) { Header = header, Batch = batch, Acknowledgement = acknowledgement };
    }

    /// <summary>Answers a batch that does not reach its partition.</summary>
    public void Refuse(ProduceResponse.PartitionProduceResponse partition, ErrorCode error, string? message) =>
        Set(partition, AppendResult.Refused(error, message));

    /// <summary>To be called once, when all batches are posted; completes when the request's bytes are no longer needed.</summary>
    public ValueTask AllTakenAsync()
    {
        ValueTask taken = ValueTask.CompletedTask;
        if (Volatile.Read(ref _untaken) > 1)
        {
            _allTaken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Interlocked.Decrement(ref _untaken) > 0)
            {
                taken = new ValueTask(_allTaken.Task);
            }
        }

        Answered();
        return taken;
    }

    private void Set(ProduceResponse.PartitionProduceResponse partition, in AppendResult result)
    {
        partition.ErrorCode = result.Error;
        partition.ErrorMessage = result.Message;
        partition.BaseOffset = result.BaseOffset;
        partition.LogAppendTimeMs = result.LogAppendTimestampMs;
        partition.LogStartOffset = result.LogStartOffset;
        if (result.Error != ErrorCode.None)
        {
            _refusal = $"partition {partition.Index}: {result.Error}";
        }
    }

    private void Taken()
    {
        if (Interlocked.Decrement(ref _untaken) == 0)
        {
            _allTaken!.SetResult();
        }
    }

    private void Answered()
    {
        if (Interlocked.Decrement(ref _unanswered) > 0)
        {
            return;
        }

        if (acknowledgement != Acknowledgement.None)
        {
            context.Complete(Response);
        }
        else if (_refusal is null)
        {
            context.CompleteWithoutResponse();
        }
        else
        {
            // With acks=0 there is no answer to put an error in; a closed connection is the protocol's way to say it.
            context.CompleteByClosing(new ConnectionClosedException(
                CloseReason.RefusedWithoutAnswer, $"a batch sent with acks=0 was refused ({_refusal})"));
        }
    }

    private sealed class BatchAppend(ProduceOperation operation, ProduceResponse.PartitionProduceResponse partition) : PartitionAppend
    {
        protected override void OnTaken() => operation.Taken();

        protected override void OnCompleted(in AppendResult result)
        {
            operation.Set(partition, result);
            operation.Answered();
        }
    }
}
