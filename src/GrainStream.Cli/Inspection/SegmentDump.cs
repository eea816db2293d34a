using GrainStream.Core;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Inspection;

namespace GrainStream.Cli.Inspection;

/// <summary>Prints a segment: its batches, then what its footer says of them.</summary>
internal static class SegmentDump
{
    /// <summary>What to do about a damaged object.</summary>
    public const string Mend =
        "Nothing of the damaged part is served; reads of these offsets fail. Restore the object from a copy: its bytes never change, so any copy is as good.";

    private static readonly Table Batches = new(
        "batch",
        0,
        new("byte", 12),
        new("base offset", 12),
        new("next offset", 12),
        new("records", 7),
        new("bytes", 9),
        new("kind", -8),
        new("max timestamp", -24),
        new("producer", 8),
        new("producer epoch", 14),
        new("base sequence", 13),
        new("leader epoch", 12),
        new("sound", -5));

    private static readonly Table Chunks = new(
        "chunk", 0, new("chunk", 6), new("byte", 12), new("length", 9), new("base offset", 12), new("max timestamp", -24), new("crc-32c", 8));

    private static readonly Table Producers = new(
        "producer", 0, new("producer", 8), new("epoch", 5), new("last sequence", 13), new("last offset", 12), new("batch records", 13), new("last timestamp", -24));

    private static readonly Table Aborted = new(
        "aborted transaction", 0, new("producer", 8), new("first offset", 12), new("last offset", 12), new("last stable offset", 18));

    /// <summary>Prints it. False if it is damaged.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<bool> PrintAsync(string path, DumpOptions arguments, InspectionOutput output)
    {
        var file = new LooseFile(path);
        using var records = new BatchPrinter(output);
        long printed = 0;
        SegmentReport segment = await SegmentInspection.InspectAsync(file, path, null, Visit, CancellationToken.None);
        if (segment.Footer is { } footer)
        {
            PrintFooter(path, segment.Length, footer, output);
            PrintChunks(footer, output);
            PrintProducers(footer, output);
        }

        foreach (InspectionFault fault in segment.Faults)
        {
            output.Finding(new Finding(Severity.Damage, path, fault.Position, Sentence(fault.Reason), Mend));
        }

        return segment.Faults.Count == 0;

        void Visit(InspectedBatch batch)
        {
            if (batch.Header.NextOffset <= (arguments.Offset ?? -1) || printed >= arguments.Limit)
            {
                return;
            }

            printed++;
            PrintBatch(batch, output);
            if (arguments.Records)
            {
                byte[] bytes = new byte[batch.Header.TotalSize];
                file.Read(batch.Position, bytes);
                records.Print(bytes, arguments.Offset ?? 0);
            }
        }
    }

    /// <summary>A fault's reason as a sentence.</summary>
    public static string Sentence(string reason) => char.ToUpperInvariant(reason[0]) + reason[1..] + ".";

    private static void PrintBatch(in InspectedBatch found, InspectionOutput output)
    {
        RecordBatchHeader batch = found.Header;
        output.Row(
            Batches,
            found.Position,
            batch.BaseOffset,
            batch.NextOffset,
            batch.RecordCount,
            batch.TotalSize,
            BatchPrinter.Kind(batch),
            new Timestamp(batch.MaxTimestamp),
            batch.HasProducer ? batch.ProducerId : null,
            batch.HasProducer ? batch.ProducerEpoch : null,
            batch.HasProducer ? batch.BaseSequence : null,
            batch.PartitionLeaderEpoch,
            found.IsIntact);
    }

    private static void PrintChunks(SegmentFooter footer, InspectionOutput output)
    {
        for (int chunk = 0; chunk < footer.Chunks.Length; chunk++)
        {
            SegmentChunk found = footer.Chunks[chunk];
            output.Row(
                Chunks,
                chunk,
                found.Position,
                footer.ChunkEnd(chunk) - found.Position,
                found.BaseOffset.Value,
                new Timestamp(found.MaxTimestamp),
                $"{found.Crc:x8}");
        }
    }

    private static void PrintFooter(string path, long length, SegmentFooter footer, InspectionOutput output) => output.Facts(
        "segment",
        ("file", path),
        ("length", length),
        ("partition", footer.Partition),
        ("epoch", footer.Epoch.Value),
        ("base offset", footer.BaseOffset.Value),
        ("end offset", footer.EndOffset.Value),
        ("data length", footer.DataLength),
        ("batches", footer.BatchCount),
        ("records", footer.RecordCount),
        ("max timestamp", new Timestamp(footer.MaxTimestamp)),
        ("written at", footer.WrittenAt),
        ("producers", footer.Producers.Length),
        ("aborted", footer.AbortedTransactions.Length));

    private static void PrintProducers(SegmentFooter footer, InspectionOutput output)
    {
        foreach (SegmentProducer producer in footer.Producers)
        {
            output.Row(
                Producers,
                producer.Id.Value,
                producer.Epoch,
                producer.LastSequence,
                producer.LastOffset.Value,
                producer.BatchRecords,
                new Timestamp(producer.LastTimestamp));
        }

        foreach (AbortedTransaction aborted in footer.AbortedTransactions)
        {
            output.Row(Aborted, aborted.Id.Value, aborted.FirstOffset.Value, aborted.LastOffset.Value, aborted.LastStableOffset.Value);
        }
    }
}
