using System.Collections.Immutable;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Log.Tiering;

/// <summary>Takes note of a segment's batches while they are written, and cuts them into chunks. For one thread.</summary>
/// <param name="partition">Whose batches.</param>
/// <param name="baseOffset">First offset the segment stands for.</param>
/// <param name="epoch">Leader epoch of the writer.</param>
public sealed class SegmentFooterBuilder(PartitionId partition, Offset baseOffset, LeaderEpoch epoch)
{
    /// <summary>
    /// Bytes that a chunk stays within, unless one batch alone is larger. What a read by offset or time has to read and sum beyond what it wants;
    /// the shorter, the longer the footer: 28 bytes for each 128 KiB.
    /// </summary>
    public const int MaxChunkBytes = 128 * 1024;

    /// <summary>Producers that a footer names: as many as a partition remembers.</summary>
    private const int MaxProducers = PartitionLog.DefaultMaxProducers;

    private readonly ImmutableArray<SegmentChunk>.Builder _chunks = ImmutableArray.CreateBuilder<SegmentChunk>();
    private readonly Dictionary<ProducerId, SegmentProducer> _producers = [];
    private long _nextOffset = baseOffset.Value;
    private long _recordCount;
    private long _maxTimestamp = Timestamp.None.UnixMs;
    private int _batchCount;

    /// <summary>Bytes of the batches so far.</summary>
    public long DataLength { get; private set; }

    /// <summary>Offset after the last record so far: the least that the segment can end at.</summary>
    public Offset NextOffset => new(_nextOffset);

    /// <summary>Greatest timestamp so far; -1 for none.</summary>
    public long MaxTimestamp => _maxTimestamp;

    /// <summary>The next batch.</summary>
    /// <param name="batch">Its head; offsets ascend, with gaps where compaction left them.</param>
    /// <param name="crc">CRC-32C of the whole batch, first byte to last.</param>
    public void Add(in RecordBatchHeader batch, uint crc)
    {
        Invariant.Require(
            batch.BaseOffset >= _nextOffset && batch.NextOffset > batch.BaseOffset,
            $"A batch of offsets [{batch.BaseOffset}, {batch.NextOffset}) was added to a segment that goes on at {_nextOffset}.");
        long size = batch.TotalSize;
        SegmentChunk last = _chunks.Count > 0 ? _chunks[^1] : default;
        if (_chunks.Count > 0 && DataLength + size - last.Position <= MaxChunkBytes)
        {
            _chunks[^1] = last with { Crc = Crc32C.Combine(last.Crc, crc, size), MaxTimestamp = Math.Max(last.MaxTimestamp, batch.MaxTimestamp) };
        }
        else
        {
            _chunks.Add(new SegmentChunk(new Offset(batch.BaseOffset), DataLength, crc, batch.MaxTimestamp));
        }

        DataLength += size;
        _nextOffset = batch.NextOffset;
        _maxTimestamp = Math.Max(_maxTimestamp, batch.MaxTimestamp);
        _batchCount++;
        _recordCount += batch.RecordCount;
        if (batch.HasProducer)
        {
            CarryProducer(new SegmentProducer(
                new ProducerId(batch.ProducerId),
                batch.ProducerEpoch,
                batch.LastSequence,
                new Offset(batch.NextOffset - 1),
                batch.LastOffsetDelta + 1,
                batch.MaxTimestamp));
        }
    }

    /// <summary>
    /// Takes over a producer's last word from a segment that this one replaces, whose batch may not have survived compaction. The newest word counts.
    /// </summary>
    public void CarryProducer(in SegmentProducer producer)
    {
        if (!_producers.TryGetValue(producer.Id, out SegmentProducer known) || known.LastOffset <= producer.LastOffset)
        {
            _producers[producer.Id] = producer;
        }

        if (_producers.Count > 2 * MaxProducers)
        {
            SegmentProducer[] newest = Newest();
            _producers.Clear();
            foreach (SegmentProducer kept in newest)
            {
                _producers.Add(kept.Id, kept);
            }
        }
    }

    /// <summary>The footer of what was added.</summary>
    /// <param name="endOffset">Offset after the last that the segment stands for; at least <see cref="NextOffset"/>.</param>
    /// <param name="writtenAt">The broker's time.</param>
    public SegmentFooter Build(Offset endOffset, Timestamp writtenAt)
    {
        Invariant.Require(endOffset.Value >= _nextOffset, $"A segment with records below {_nextOffset} cannot end at {endOffset}.");
        return new SegmentFooter
        {
            Partition = partition,
            Epoch = epoch,
            BaseOffset = baseOffset,
            EndOffset = endOffset,
            DataLength = DataLength,
            MaxTimestamp = _maxTimestamp,
            WrittenAt = writtenAt,
            RecordCount = _recordCount,
            BatchCount = _batchCount,
            Chunks = _chunks.ToImmutable(),
            Producers = [.. Newest()],
        };
    }

    private SegmentProducer[] Newest() => [.. _producers.Values.OrderBy(producer => producer.LastOffset.Value).TakeLast(MaxProducers)];
}
