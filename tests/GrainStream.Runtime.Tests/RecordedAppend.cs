using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Partitions;

namespace GrainStream.Runtime.Tests;

/// <summary>An append that remembers what it was told.</summary>
internal sealed class RecordedAppend : PartitionAppend
{
    [SetsRequiredMembers]
    public RecordedAppend(ReadOnlySequence<byte> batch, Acknowledgement acknowledgement = Acknowledgement.All)
    {
        Assert.True(RecordBatchHeader.TryRead(batch, out RecordBatchHeader header));
        Header = header;
        Batch = batch;
        Acknowledgement = acknowledgement;
    }

    public bool IsTaken { get; private set; }

    public AppendResult? Result { get; private set; }

    protected internal override void OnTaken()
    {
        Assert.False(IsTaken);
        IsTaken = true;
    }

    protected internal override void OnCompleted(in AppendResult result)
    {
        Assert.True(IsTaken);
        Assert.Null(Result);
        Result = result;
    }
}
