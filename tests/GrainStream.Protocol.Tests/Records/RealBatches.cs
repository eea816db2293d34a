using System.Text;
using GrainStream.Protocol.Records;

namespace GrainStream.Protocol.Tests.Records;

/// <summary>Batches as real clients made them, and what is in them; Fixtures/make-fixtures.py wrote them and says how.</summary>
internal static class RealBatches
{
    private const long BaseTimestamp = 1_700_000_000_000;

    /// <summary>All fixtures that hold <see cref="FiveRecords"/>.</summary>
    public static readonly string[] OfFiveRecords =
    [
        "librdkafka-none", "librdkafka-none-idempotent", "librdkafka-gzip-idempotent", "librdkafka-snappy-idempotent",
        "librdkafka-lz4-idempotent", "librdkafka-zstd-idempotent", "kafka-python-none", "kafka-python-gzip", "kafka-python-snappy", "kafka-python-lz4",
        "kafka-python-zstd", "kafka-python-transactional",
    ];

    public const string LongVarints = "kafka-python-long-varints";

    public static readonly IReadOnlyList<TestRecord> FiveRecords = CreateFiveRecords();

    public static readonly IReadOnlyList<TestRecord> LongVarintRecords = CreateLongVarintRecords();

    public static byte[] Load(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Records", "Fixtures", name + ".hex");
        return Convert.FromHexString(File.ReadAllText(path).ReplaceLineEndings(""));
    }

    public static RecordBatchHeader HeaderOf(byte[] batch)
    {
        Assert.True(RecordBatchHeader.TryRead(batch, out RecordBatchHeader header));
        return header;
    }

    private static List<TestRecord> CreateFiveRecords()
    {
        string padding = string.Concat(Enumerable.Repeat("padding ", 20));
        List<TestRecord> records = [];
        for (int i = 0; i < 5; i++)
        {
            records.Add(new TestRecord(
                BaseTimestamp + (i * (i == 3 ? -5 : 7)),
                i == 1 ? null : Encoding.UTF8.GetBytes($"key-{i % 3}"),
                i == 2 ? null : Encoding.UTF8.GetBytes($"value of record number {i}, {padding}"),
                i < 3
                    ? []
                    : [("trace"u8.ToArray(), Encoding.UTF8.GetBytes($"abc{i}")), ("empty"u8.ToArray(), []), ("none"u8.ToArray(), null)]));
        }

        return records;
    }

    private static List<TestRecord> CreateLongVarintRecords()
    {
        int[] sizes = [0, 1, 63, 64, 8191, 8192];
        List<TestRecord> records = [];
        for (int i = 0; i < sizes.Length; i++)
        {
            long distance = 1L << (6 * i);
            records.Add(new TestRecord(
                BaseTimestamp + (i % 2 == 0 ? distance : -distance),
                Filled('k', sizes[i] % 8128),
                Filled('v', sizes[i]),
                [.. Enumerable.Range(0, Math.Min(sizes[i], 65)).Select(n => (Encoding.UTF8.GetBytes($"h{n}"), (byte[]?)Filled('x', n)))]));
        }

        return records;
    }

    private static byte[] Filled(char value, int count)
    {
        byte[] bytes = new byte[count];
        Array.Fill(bytes, (byte)value);
        return bytes;
    }
}
