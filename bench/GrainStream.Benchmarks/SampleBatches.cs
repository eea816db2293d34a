using GrainStream.Protocol.Records;

namespace GrainStream.Benchmarks;

/// <summary>Batches as producers send them: a key of 8 bytes, a value, no headers.</summary>
internal static class SampleBatches
{
    private const int Seed = 1;

    /// <summary>Key of every record.</summary>
    public static readonly byte[] Key = "key-0001"u8.ToArray();

    /// <summary>An uncompressed batch of that many records with values of that size.</summary>
    public static byte[] Create(int recordCount, int valueBytes)
    {
        byte[] value = CreateValue(valueBytes);
        using RecordBatchBuilder builder = new();
        for (int i = 0; i < recordCount; i++)
        {
            builder.Append(1_700_000_000_000 + i, Key, value);
        }

        return builder.Build().ToArray();
    }

    public static byte[] CreateValue(int valueBytes)
    {
        byte[] value = new byte[valueBytes];
        new Random(Seed).NextBytes(value);
        return value;
    }
}
