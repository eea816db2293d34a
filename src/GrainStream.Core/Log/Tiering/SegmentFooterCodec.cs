using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// Footer and trailer, as they follow a segment's batches; little-endian but for the size at byte 8.
/// <code>
///   0 magic "GSFOOTER"   8 i32 big-endian 0x7fffffff   12 format u32 = 1   16 footer length u32
///  20 topic id 16 bytes  36 partition i32              40 epoch i32
///  44 base offset i64    52 end offset i64             60 data length i64  68 max timestamp i64   76 written at i64
///  84 records i64        92 batches i32                96 chunks i32      100 producers i32      104 aborted transactions i32
/// 108 chunks: { base offset i64, position i64, crc-32c u32, max timestamp i64 }, 28 bytes each
///     producers: { id i64, epoch i16, last sequence i32, last offset i64, records of the last batch i32, last timestamp i64 }, 34 bytes each
///     aborted transactions: { producer id i64, first offset i64, last offset i64, last stable offset i64 }, 32 bytes each
///     trailer: SegmentTrailer, 32 bytes
/// </code>
/// Kafka's log reader takes the first 12 bytes for the offset and size of a batch that is longer than the file, and stops there without complaint.
/// </summary>
public static class SegmentFooterCodec
{
    /// <summary>Bytes of a footer and trailer without chunks, producers and transactions.</summary>
    public const int MinSize = HeadSize + SegmentTrailer.Size;

    private const int HeadSize = 108;
    private const int ChunkSize = 28;
    private const int ProducerSize = 34;
    private const int AbortedSize = 32;
    private const uint Format = 1;

    private static ReadOnlySpan<byte> Magic => "GSFOOTER"u8;

    /// <summary>The greatest batch length there is, big-endian as Kafka reads it.</summary>
    private static ReadOnlySpan<byte> EndlessBatch => [0x7f, 0xff, 0xff, 0xff];

    /// <summary>Footer and trailer.</summary>
    public static byte[] Encode(SegmentFooter footer, out uint footerCrc)
    {
        Invariant.Require(footer.Inconsistency() is null, $"a footer is only written if it is right: {footer.Inconsistency()}");
        int length = HeadSize
            + (ChunkSize * footer.Chunks.Length) + (ProducerSize * footer.Producers.Length) + (AbortedSize * footer.AbortedTransactions.Length);
        byte[] content = new byte[length + SegmentTrailer.Size];
        var writer = new StoredWriter(content);
        WriteHead(ref writer, footer, length);
        foreach (SegmentChunk chunk in footer.Chunks)
        {
            writer.Int64(chunk.BaseOffset.Value);
            writer.Int64(chunk.Position);
            writer.UInt32(chunk.Crc);
            writer.Int64(chunk.MaxTimestamp);
        }

        foreach (SegmentProducer producer in footer.Producers)
        {
            writer.Int64(producer.Id.Value);
            writer.Int16(producer.Epoch);
            writer.Int32(producer.LastSequence);
            writer.Int64(producer.LastOffset.Value);
            writer.Int32(producer.BatchRecords);
            writer.Int64(producer.LastTimestamp);
        }

        foreach (AbortedTransaction aborted in footer.AbortedTransactions)
        {
            writer.Int64(aborted.Id.Value);
            writer.Int64(aborted.FirstOffset.Value);
            writer.Int64(aborted.LastOffset.Value);
            writer.Int64(aborted.LastStableOffset.Value);
        }

        footerCrc = Crc32C.Compute(content.AsSpan(0, length));
        new SegmentTrailer(length, footerCrc, footer.DataLength).Write(content.AsSpan(length));
        return content;
    }

    /// <summary>Reads footer and trailer; if they are not right, <paramref name="fault"/> says why, its position counted from the footer's start.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> content, [NotNullWhen(true)] out SegmentFooter? footer, out SegmentTrailer trailer, out StoredFault fault)
    {
        footer = null;
        trailer = default;
        if (content.Length < MinSize)
        {
            fault = new StoredFault(content.Length, $"there are {content.Length} bytes where a footer and trailer of at least {MinSize} were written");
            return false;
        }

        int length = content.Length - SegmentTrailer.Size;
        if (!SegmentTrailer.TryRead(content[length..], out trailer, out fault))
        {
            fault = fault.At(length);
            return false;
        }

        if (trailer.FooterLength != length)
        {
            fault = new StoredFault(length, $"the footer has {length} bytes and its trailer says {trailer.FooterLength}");
            return false;
        }

        ReadOnlySpan<byte> bytes = content[..length];
        if (!bytes.StartsWith(Magic) || !bytes[Magic.Length..].StartsWith(EndlessBatch))
        {
            fault = new StoredFault(0, "the footer's first bytes are not those of a footer");
            return false;
        }

        if (Crc32C.Compute(bytes) != trailer.FooterCrc)
        {
            fault = new StoredFault(0, "the footer's checksum does not match");
            return false;
        }

        footer = Read(bytes, trailer, out fault);
        return footer is not null;
    }

    private static void WriteHead(ref StoredWriter writer, SegmentFooter footer, int length)
    {
        writer.Bytes(Magic);
        writer.Bytes(EndlessBatch);
        writer.UInt32(Format);
        writer.Int32(length);
        writer.Guid(footer.Partition.Topic.Value);
        writer.Int32(footer.Partition.Index);
        writer.Int32(footer.Epoch.Value);
        writer.Int64(footer.BaseOffset.Value);
        writer.Int64(footer.EndOffset.Value);
        writer.Int64(footer.DataLength);
        writer.Int64(footer.MaxTimestamp);
        writer.Int64(footer.WrittenAt.UnixMs);
        writer.Int64(footer.RecordCount);
        writer.Int32(footer.BatchCount);
        writer.Int32(footer.Chunks.Length);
        writer.Int32(footer.Producers.Length);
        writer.Int32(footer.AbortedTransactions.Length);
    }

    private static SegmentFooter? Read(ReadOnlySpan<byte> bytes, in SegmentTrailer trailer, out StoredFault fault)
    {
        var reader = new StoredReader(bytes[12..]);
        uint format = reader.UInt32();
        int length = reader.Int32();
        if (format != Format)
        {
            fault = new StoredFault(12, $"footer format {format} is not known; was it written by a newer GrainStream? Then start that one");
            return null;
        }

        var footer = new SegmentFooter
        {
            Partition = new PartitionId(new TopicId(reader.Guid()), reader.Int32()),
            Epoch = new LeaderEpoch(reader.Int32()),
            BaseOffset = new Offset(reader.Int64()),
            EndOffset = new Offset(reader.Int64()),
            DataLength = reader.Int64(),
            MaxTimestamp = reader.Int64(),
            WrittenAt = new Timestamp(reader.Int64()),
            RecordCount = reader.Int64(),
            BatchCount = reader.Int32(),
            Chunks = [],
        };
        int chunks = reader.Int32();
        int producers = reader.Int32();
        int aborted = reader.Int32();
        if (length != bytes.Length || chunks < 0 || producers < 0 || aborted < 0
            || ((long)chunks * ChunkSize) + ((long)producers * ProducerSize) + ((long)aborted * AbortedSize) != reader.Left)
        {
            fault = new StoredFault(16, "the footer's lengths contradict each other");
            return null;
        }

        footer = footer with
        {
            Chunks = ReadChunks(ref reader, chunks),
            Producers = ReadProducers(ref reader, producers),
            AbortedTransactions = ReadAborted(ref reader, aborted),
        };
        string? inconsistency = footer.DataLength == trailer.DataLength ? footer.Inconsistency() : "footer and trailer give different data lengths";
        fault = inconsistency is null ? default : new StoredFault(0, inconsistency);
        return inconsistency is null ? footer : null;
    }

    private static ImmutableArray<SegmentChunk> ReadChunks(ref StoredReader reader, int count)
    {
        var chunks = ImmutableArray.CreateBuilder<SegmentChunk>(count);
        for (int i = 0; i < count; i++)
        {
            chunks.Add(new SegmentChunk(new Offset(reader.Int64()), reader.Int64(), reader.UInt32(), reader.Int64()));
        }

        return chunks.MoveToImmutable();
    }

    private static ImmutableArray<SegmentProducer> ReadProducers(ref StoredReader reader, int count)
    {
        var producers = ImmutableArray.CreateBuilder<SegmentProducer>(count);
        for (int i = 0; i < count; i++)
        {
            producers.Add(new SegmentProducer(
                new ProducerId(reader.Int64()), reader.Int16(), reader.Int32(), new Offset(reader.Int64()), reader.Int32(), reader.Int64()));
        }

        return producers.MoveToImmutable();
    }

    private static ImmutableArray<AbortedTransaction> ReadAborted(ref StoredReader reader, int count)
    {
        var aborted = ImmutableArray.CreateBuilder<AbortedTransaction>(count);
        for (int i = 0; i < count; i++)
        {
            aborted.Add(new AbortedTransaction(
                new ProducerId(reader.Int64()), new Offset(reader.Int64()), new Offset(reader.Int64()), new Offset(reader.Int64())));
        }

        return aborted.MoveToImmutable();
    }
}
