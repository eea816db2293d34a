using System.Buffers;
using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Topics;

/// <summary>
/// Rebuilds the topic catalogue from the batches of its partition: from the first one, or from the first snapshot if the journal no longer
/// reaches back so far. Events before that are left out; a later snapshot replaces everything.
/// </summary>
internal sealed class CatalogReplay(TopicCatalog catalog)
{
    private readonly HashSet<TopicId> _deleted = [];
    private bool _hasBegun;

    /// <summary>Topics and logs of groups that events said are deleted.</summary>
    public IReadOnlySet<TopicId> Deleted => _deleted;

    /// <summary>Every event there ever was has been seen: a topic that is not known never was, or is in <see cref="Deleted"/>.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Takes in a batch of the catalogue's partition.</summary>
    /// <exception cref="CorruptDataException">It holds no events.</exception>
    public void Replay(in FrameHeader frame, ReadOnlySpan<byte> batch)
    {
        RecordBatchHeader.TryRead(batch, out RecordBatchHeader header);
        if (header.BaseOffset == 0)
        {
            _hasBegun = IsComplete = true;
        }

        var reader = new RecordReader(header, batch[RecordBatchHeader.Size..]);
        while (reader.TryRead(out Record record))
        {
            if (!CatalogEventCodec.TryDecode(new ReadOnlySequence<byte>(record.Value.Bytes.ToArray()), out ICatalogEvent? found, out string? error))
            {
                throw new CorruptDataException($"The topic catalogue cannot be rebuilt from the journal's frame at position {frame.Position}: {error}");
            }

            Take(found);
        }

        if (reader.IsMalformed)
        {
            throw new CorruptDataException(
                $"The topic catalogue cannot be rebuilt: the frame at position {frame.Position} does not hold the records its head announces.");
        }
    }

    private void Take(ICatalogEvent found)
    {
        _hasBegun |= found is CatalogSnapshot;
        if (!_hasBegun)
        {
            return;
        }

        catalog.Apply(found);
        if (found is TopicDeleted deleted)
        {
            _deleted.Add(new TopicId(deleted.TopicId));
        }
        else if (found is GroupDeleted group)
        {
            _deleted.Add(new TopicId(group.LogId));
        }
    }
}
