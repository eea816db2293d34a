using GrainStream.Core;
using GrainStream.Protocol.Records;

namespace GrainStream.Cli.Inspection;

/// <summary>Prints the records of batches.</summary>
internal sealed class BatchPrinter(InspectionOutput output) : IDisposable
{
    /// <summary>Decompressed records of one batch that are shown at most: far beyond any honest batch of the 100 MiB that a request can be.</summary>
    private const int MaxUnfoldedBytes = 1 << 30;

    private static readonly Table Records = new(
        "record", 4, new("offset", 12), new("timestamp", -24), new("key", -24), new("value", -48), new("headers", -1));

    private static readonly Table Unreadable = new("unreadable", 4, new("offset", 12), new("why", -1));

    private readonly RecordBatchUnfolder _unfolder = new(MaxUnfoldedBytes);

    /// <summary>Codec and flags in a word or two.</summary>
    public static string Kind(in RecordBatchHeader batch)
    {
        string codec = batch.Compression.ToString().ToLowerInvariant();
        return (batch.IsTransactional, batch.IsControl) switch
        {
            (true, true) => codec + " marker",
            (true, false) => codec + " transaction",
            (false, true) => codec + " control",
            _ => codec,
        };
    }

    /// <summary>Prints the records of a batch, or why they cannot be.</summary>
    /// <param name="batch">The whole batch.</param>
    /// <param name="from">Leaves out records before this offset.</param>
    public void Print(ReadOnlyMemory<byte> batch, long from)
    {
        UnfoldStatus status = _unfolder.Unfold(batch, out RecordBatchHeader header, out ReadOnlySpan<byte> records);
        if (status != UnfoldStatus.Done)
        {
            output.Row(Unreadable, header.BaseOffset, Reason(status, header.Compression));
            return;
        }

        RecordReader reader = new(header, records);
        while (reader.TryRead(out Record record))
        {
            if (record.Offset >= from)
            {
                output.Row(
                    Records,
                    record.Offset,
                    new Timestamp(record.TimestampMs),
                    record.Key.IsNull ? null : PrintableBytes.Of(record.Key.Bytes),
                    record.Value.IsNull ? null : PrintableBytes.Of(record.Value.Bytes),
                    HeadersOf(record.Headers));
            }
        }
    }

    public void Dispose() => _unfolder.Dispose();

    private static string? HeadersOf(RecordHeaders headers)
    {
        List<string> texts = [];
        foreach (RecordHeader header in headers)
        {
            texts.Add($"{PrintableBytes.Of(header.Key)}={(header.Value.IsNull ? "" : PrintableBytes.Of(header.Value.Bytes))}");
        }

        return texts.Count == 0 ? null : string.Join(", ", texts);
    }

    private static string Reason(UnfoldStatus status, CompressionType codec) => status switch
    {
        UnfoldStatus.UnsupportedCodec => "the records cannot be shown: "
            + (RecordCodec.Missing.FirstOrDefault(missing => missing.Codec == codec)?.ToString() ?? $"compression {codec} is not known"),
        UnfoldStatus.TooLarge => $"the records cannot be shown: decompressed they have more than {MaxUnfoldedBytes} bytes",
        UnfoldStatus.Malformed => "the records are not what the batch's head announces, though its checksum is right: the producer wrote them so",
        UnfoldStatus.WrongChecksum => "the batch's checksum does not match",
        _ => "no batch of magic 2",
    };
}
