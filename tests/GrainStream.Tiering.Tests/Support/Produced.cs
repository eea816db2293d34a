using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Partitions;

namespace GrainStream.Tiering.Tests.Support;

/// <summary>One batch on its way; tells when it is acknowledged.</summary>
internal sealed class Produced : PartitionAppend
{
    private readonly TaskCompletionSource<AppendResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<AppendResult> _acknowledged;

    [SetsRequiredMembers]
    public Produced(ReadOnlySequence<byte> batch, Action<AppendResult> acknowledged)
    {
        Assert.True(RecordBatchHeader.TryRead(batch, out RecordBatchHeader header));
        Header = header;
        Batch = batch;
        Acknowledgement = Acknowledgement.All;
        _acknowledged = acknowledged;
    }

    public Task<AppendResult> Completion => _completion.Task;

    protected internal override void OnTaken()
    {
        // The batch is an array of its own.
    }

    protected internal override void OnCompleted(in AppendResult result)
    {
        _acknowledged(result);
        _completion.SetResult(result);
    }
}
