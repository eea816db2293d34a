using System.Buffers;
using System.Text;
using GrainStream.Protocol.Records;

namespace GrainStream.Runtime.Tests;

/// <summary>Record batches to append.</summary>
internal static class Batches
{
    public static ReadOnlySequence<byte> Of(params string[] values) => Build(values, 1_000, static _ => { });

    public static ReadOnlySequence<byte> At(long timestampMs, params string[] values) => Build(values, timestampMs, static _ => { });

    /// <summary>Records of 100 ms apart, from <paramref name="firstTimestampMs"/> on.</summary>
    public static ReadOnlySequence<byte> Spread(long firstTimestampMs, int count)
    {
        using var builder = new RecordBatchBuilder();
        for (int i = 0; i < count; i++)
        {
            builder.Append(firstTimestampMs + (100 * i), default, Encoding.UTF8.GetBytes($"r{i}"));
        }

        return new ReadOnlySequence<byte>(builder.Build().ToArray());
    }

    public static ReadOnlySequence<byte> From(long producerId, short epoch, int sequence, params string[] values) =>
        Build(values, 1_000, builder => builder.SetProducer(producerId, epoch, sequence));

    public static string[] Values(ReadOnlySpan<byte> batches)
    {
        var values = new List<string>();
        while (!batches.IsEmpty)
        {
            Assert.True(RecordBatchHeader.TryRead(batches, out RecordBatchHeader header));
            var reader = new RecordReader(header, batches[RecordBatchHeader.Size..header.TotalSize]);
            while (reader.TryRead(out Protocol.Records.Record record))
            {
                values.Add($"{record.Offset}:{Encoding.UTF8.GetString(record.Value.Bytes)}");
            }

            batches = batches[header.TotalSize..];
        }

        return [.. values];
    }

    private static ReadOnlySequence<byte> Build(string[] values, long timestampMs, Action<RecordBatchBuilder> prepare)
    {
        using var builder = new RecordBatchBuilder();
        prepare(builder);
        foreach (string value in values)
        {
            builder.Append(timestampMs, default, Encoding.UTF8.GetBytes(value));
        }

        return new ReadOnlySequence<byte>(builder.Build().ToArray());
    }
}
