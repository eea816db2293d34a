using System.Collections.Immutable;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tiering.Compaction;

/// <summary>
/// Writes what a pass of compaction keeps into new segments, of the topic's size as far as there is enough. They cover the offsets of those they
/// replace without gap. For one caller at a time; disposed in any case. What an unfinished one leaves behind is swept.
/// </summary>
internal sealed class CompactionOutput(
    IObjectStore store, PartitionId partition, LeaderEpoch epoch, Offset from, long segmentBytes, TimeProvider time) : IAsyncDisposable
{
    private readonly ImmutableArray<SegmentEntry>.Builder _done = ImmutableArray.CreateBuilder<SegmentEntry>();
    private SegmentWriter? _writer;
    private Offset _from = from;

    /// <summary>Adds a batch, borrowed until the call completes.</summary>
    /// <exception cref="StorageUnavailableException">The store does not take it.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> batch, CancellationToken cancellationToken)
    {
        if (_writer is { DataLength: > 0 } full && full.DataLength + batch.Length > segmentBytes)
        {
            RecordBatchHeader.TryRead(batch.Span, out RecordBatchHeader header);
            await CutAsync(new Offset(header.BaseOffset), cancellationToken);
        }

        SegmentWriter writer = await OpenAsync(cancellationToken);
        await writer.AppendAsync(batch, cancellationToken);
    }

    /// <summary>Takes over what a replaced segment, now read to its end, says about producers, whose batches may be gone.</summary>
    /// <inheritdoc cref="AppendAsync" path="/exception"/>
    public async ValueTask CarryProducersAsync(SegmentFooter replaced, CancellationToken cancellationToken)
    {
        SegmentWriter writer = await OpenAsync(cancellationToken);
        foreach (SegmentProducer producer in replaced.Producers)
        {
            writer.CarryProducer(producer);
        }
    }

    /// <summary>Ends the segment at hand at that offset; what follows goes into another.</summary>
    /// <inheritdoc cref="AppendAsync" path="/exception"/>
    public async ValueTask CutAsync(Offset end, CancellationToken cancellationToken)
    {
        if (end <= _from)
        {
            return;
        }

        SegmentWriter writer = await OpenAsync(cancellationToken);
        _done.Add(await writer.CompleteAsync(end, cancellationToken));
        await writer.DisposeAsync();
        _writer = null;
        _from = end;
    }

    /// <summary>Ends the last segment.</summary>
    /// <param name="end">Where the last of the replaced segments ends.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <inheritdoc cref="AppendAsync" path="/exception"/>
    public async ValueTask<ImmutableArray<SegmentEntry>> CompleteAsync(Offset end, CancellationToken cancellationToken)
    {
        await CutAsync(end, cancellationToken);
        return _done.ToImmutable();
    }

    public ValueTask DisposeAsync() => _writer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask<SegmentWriter> OpenAsync(CancellationToken cancellationToken) =>
        _writer ??= await SegmentWriter.CreateAsync(store, partition, _from, epoch, segmentBytes, time, cancellationToken);
}
