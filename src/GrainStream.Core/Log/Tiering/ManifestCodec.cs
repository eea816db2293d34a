using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// Manifests, little-endian.
/// <code>
///   0 magic "GSMANIFE"    8 crc-32c u32, of bytes 12..   12 format u32 = 1   16 length u32
///  20 version i64        28 operation id 16 bytes        44 topic id 16 bytes 60 partition i32
///  64 owner i32          68 epoch i32                    72 log start i64     80 end i64
///  88 cleaned end i64    96 data bytes i64
/// 104 in-sync replicas: count i32, node ids i32
///     epochs:           count i32, { epoch i32, start i64 }
///     pages:            count i32, { first offset i64, end offset i64, salt u64, data bytes i64, max timestamp i64, count i32, crc-32c u32, level u8 }
///     recent segments:  count i32, segment entries, 64 bytes each (SegmentEntryCodec)
/// </code>
/// </summary>
public static class ManifestCodec
{
    private const int FixedSize = 104;
    private const int ReplicaSize = 4;
    private const int EpochSize = 12;
    private const int PageSize = 49;

    private static ReadOnlySpan<byte> Magic => "GSMANIFE"u8;

    /// <summary>The manifest's bytes.</summary>
    public static byte[] Encode(Manifest manifest)
    {
        Invariant.Require(manifest.Inconsistency() is null, $"a manifest is only written if it is right: {manifest.Inconsistency()}");
        int length = FixedSize + (4 * sizeof(int))
            + (manifest.InSync.Length * ReplicaSize)
            + (manifest.Epochs.Length * EpochSize)
            + (manifest.Pages.Length * PageSize)
            + (manifest.Recent.Length * SegmentEntryCodec.Size);
        byte[] content = new byte[length];
        var writer = new StoredWriter(content.AsSpan(StoredFrame.HeadSize));
        WriteFixed(ref writer, manifest);
        writer.Int32(manifest.InSync.Length);
        foreach (int replica in manifest.InSync)
        {
            writer.Int32(replica);
        }

        writer.Int32(manifest.Epochs.Length);
        foreach (EpochStart epoch in manifest.Epochs)
        {
            writer.Int32(epoch.Epoch.Value);
            writer.Int64(epoch.Start.Value);
        }

        writer.Int32(manifest.Pages.Length);
        foreach (PageRef page in manifest.Pages)
        {
            WritePage(ref writer, page);
        }

        writer.Int32(manifest.Recent.Length);
        SegmentEntryCodec.Write(ref writer, manifest.Recent);
        StoredFrame.Seal(content, Magic);
        return content;
    }

    /// <summary>Reads a manifest; if it is not that of <paramref name="partition"/>, whole and right, <paramref name="fault"/> says why.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> content, PartitionId partition, [NotNullWhen(true)] out Manifest? manifest, out StoredFault fault)
    {
        if (TryDecode(content, out manifest, out fault) && manifest.Partition != partition)
        {
            fault = new StoredFault(StoredFrame.HeadSize, $"it is that of partition {manifest.Partition}");
            manifest = null;
        }

        return manifest is not null;
    }

    /// <summary>Reads the manifest of whatever partition; if it is not whole and right, <paramref name="fault"/> says why.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> content, [NotNullWhen(true)] out Manifest? manifest, out StoredFault fault)
    {
        manifest = null;
        if (!StoredFrame.TryOpen(content, Magic, out _, out fault))
        {
            return false;
        }

        var reader = new StoredReader(content[StoredFrame.HeadSize..]);
        Manifest read = ReadFixed(ref reader) with
        {
            InSync = ReadReplicas(ref reader),
            Epochs = ReadEpochs(ref reader),
            Pages = ReadPages(ref reader),
            Recent = SegmentEntryCodec.Read(ref reader, reader.Count(SegmentEntryCodec.Size)),
        };
        string? wrong = reader.HasOverrun || reader.Left > 0 ? "the lengths of its parts contradict each other" : read.Inconsistency();
        fault = wrong is null ? default : new StoredFault(StoredFrame.HeadSize, wrong);
        manifest = wrong is null ? read : null;
        return wrong is null;
    }

    private static void WriteFixed(ref StoredWriter writer, Manifest manifest)
    {
        writer.Int64(manifest.Version);
        writer.Guid(manifest.OperationId);
        writer.Guid(manifest.Partition.Topic.Value);
        writer.Int32(manifest.Partition.Index);
        writer.Int32(manifest.Owner);
        writer.Int32(manifest.Epoch.Value);
        writer.Int64(manifest.LogStart.Value);
        writer.Int64(manifest.End.Value);
        writer.Int64(manifest.CleanedEnd.Value);
        writer.Int64(manifest.DataBytes);
    }

    private static Manifest ReadFixed(ref StoredReader reader) => new()
    {
        Version = reader.Int64(),
        OperationId = reader.Guid(),
        Partition = new PartitionId(new TopicId(reader.Guid()), reader.Int32()),
        Owner = reader.Int32(),
        Epoch = new LeaderEpoch(reader.Int32()),
        LogStart = new Offset(reader.Int64()),
        End = new Offset(reader.Int64()),
        CleanedEnd = new Offset(reader.Int64()),
        DataBytes = reader.Int64(),
        InSync = [],
    };

    private static void WritePage(ref StoredWriter writer, in PageRef page)
    {
        writer.Int64(page.FirstOffset.Value);
        writer.Int64(page.EndOffset.Value);
        writer.UInt64(page.Salt);
        writer.Int64(page.DataBytes);
        writer.Int64(page.MaxTimestamp);
        writer.Int32(page.Count);
        writer.UInt32(page.Crc);
        writer.Byte(page.Level);
    }

    private static ImmutableArray<PageRef> ReadPages(ref StoredReader reader)
    {
        int count = reader.Count(PageSize);
        var pages = ImmutableArray.CreateBuilder<PageRef>(count);
        for (int i = 0; i < count; i++)
        {
            pages.Add(new PageRef(
                new Offset(reader.Int64()),
                new Offset(reader.Int64()),
                reader.UInt64(),
                reader.Int64(),
                reader.Int64(),
                reader.Int32(),
                reader.UInt32(),
                reader.Byte()));
        }

        return pages.MoveToImmutable();
    }

    private static ImmutableArray<int> ReadReplicas(ref StoredReader reader)
    {
        int count = reader.Count(ReplicaSize);
        var replicas = ImmutableArray.CreateBuilder<int>(count);
        for (int i = 0; i < count; i++)
        {
            replicas.Add(reader.Int32());
        }

        return replicas.MoveToImmutable();
    }

    private static ImmutableArray<EpochStart> ReadEpochs(ref StoredReader reader)
    {
        int count = reader.Count(EpochSize);
        var epochs = ImmutableArray.CreateBuilder<EpochStart>(count);
        for (int i = 0; i < count; i++)
        {
            epochs.Add(new EpochStart(new LeaderEpoch(reader.Int32()), new Offset(reader.Int64())));
        }

        return epochs.MoveToImmutable();
    }
}
