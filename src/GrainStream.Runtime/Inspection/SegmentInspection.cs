using System.Buffers;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Tiering;

namespace GrainStream.Runtime.Inspection;

/// <summary>
/// Reads a segment from its first byte to its last for people: checks every CRC, of chunks and of batches, and every offset, and says what is wrong
/// instead of failing. Takes the memory of one batch, at least 1 MiB.
/// </summary>
public static class SegmentInspection
{
    private const int ReadBytes = 1024 * 1024;

    /// <summary>Inspects a segment.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="name">Its object.</param>
    /// <param name="expected">What the manifest says about it; null to go by the segment alone.</param>
    /// <param name="visit">Shown each batch, in order; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public static async ValueTask<SegmentReport> InspectAsync(
        IObjectReader store, string name, SegmentEntry? expected, Action<InspectedBatch>? visit, CancellationToken cancellationToken)
    {
        var faults = new List<InspectionFault>();
        byte[] end = new byte[SegmentTrailer.Size];
        if (await StoredObjects.ReadAsync(store, name, -end.Length, end, cancellationToken) is not { } found)
        {
            faults.Add(new InspectionFault(name, 0, "there is no such object"));
            return new SegmentReport(name, -1, null, 0, 0, faults);
        }

        SegmentFooter? footer = await ReadFooterAsync(store, name, found.ObjectLength, end.AsMemory(0, found.Bytes), faults, cancellationToken);
        CompareWith(expected, name, found.ObjectLength, footer, end, faults);
        var walk = new SegmentWalk(name, footer, faults, visit);
        await WalkAsync(store, name, footer?.DataLength ?? found.ObjectLength, walk, cancellationToken);
        walk.Finish();
        return new SegmentReport(name, found.ObjectLength, footer, walk.Batches, walk.Records, faults);
    }

    private static async ValueTask<SegmentFooter?> ReadFooterAsync(
        IObjectReader store, string name, long length, ReadOnlyMemory<byte> end, List<InspectionFault> faults, CancellationToken cancellationToken)
    {
        if (!SegmentTrailer.TryRead(end.Span, out SegmentTrailer trailer, out StoredFault fault))
        {
            faults.Add(new InspectionFault(name, fault.Position + Math.Max(0, length - SegmentTrailer.Size), fault.Reason));
            return null;
        }

        if (trailer.ObjectLength != length)
        {
            faults.Add(new InspectionFault(name, length, $"the object has {length} bytes, and {trailer.ObjectLength} by its trailer"));
            return null;
        }

        byte[] content = new byte[trailer.FooterLength + SegmentTrailer.Size];
        await StoredObjects.ReadAsync(store, name, trailer.DataLength, content, cancellationToken);
        if (!SegmentFooterCodec.TryDecode(content, out SegmentFooter? footer, out _, out fault))
        {
            faults.Add(new InspectionFault(name, trailer.DataLength + fault.Position, fault.Reason));
        }

        return footer;
    }

    private static void CompareWith(
        SegmentEntry? expected, string name, long length, SegmentFooter? footer, byte[] end, List<InspectionFault> faults)
    {
        if (footer is not null
            && SegmentName.TryParse(name, out SegmentName parsed)
            && (parsed.Partition, parsed.BaseOffset, parsed.Epoch) != (footer.Partition, footer.BaseOffset, footer.Epoch))
        {
            faults.Add(new InspectionFault(name, footer.DataLength, "the footer is that of a segment of another name"));
        }

        if (expected is not { } entry)
        {
            return;
        }

        SegmentTrailer.TryRead(end, out SegmentTrailer trailer, out _);
        bool isTheOne = footer is null
            || (length == entry.Length
                && trailer.FooterCrc == entry.FooterCrc
                && (footer.BaseOffset, footer.EndOffset, footer.DataLength) == (entry.BaseOffset, entry.EndOffset, entry.DataLength));
        if (!isTheOne)
        {
            faults.Add(new InspectionFault(name, entry.DataLength, "the segment is not the one that the manifest names"));
        }
    }

    /// <summary>Reads the batches in large pieces, and what reaches beyond one again with the next.</summary>
    private static async ValueTask WalkAsync(IObjectReader store, string name, long dataLength, SegmentWalk walk, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            for (long position = 0; position < dataLength && !walk.IsLost;)
            {
                int wanted = (int)Math.Min(buffer.Length, dataLength - position);
                ObjectRead? read = await StoredObjects.ReadAsync(store, name, position, buffer.AsMemory(0, wanted), cancellationToken);
                int taken = walk.Take(buffer.AsSpan(0, read?.Bytes ?? 0), position, isLast: position + wanted == dataLength);
                position += taken;
                if (taken == 0 && !walk.IsLost)
                {
                    // One batch is larger than the buffer.
                    int larger = walk.NeededBytes;
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(larger);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
