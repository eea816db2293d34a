using BenchmarkDotNet.Attributes;
using GrainStream.Protocol.Records;

namespace GrainStream.Benchmarks;

/// <summary>Reading and building batches of 10,000 records; times and allocations are per record.</summary>
[MemoryDiagnoser]
public class RecordBenchmarks : IDisposable
{
    private const int RecordCount = 10_000;

    private readonly RecordBatchBuilder _builder = new();
    private byte[] _batch = [];
    private byte[] _value = [];
    private RecordBatchHeader _header;

    [Params(100, 1 << 10)]
    public int ValueBytes { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _value = SampleBatches.CreateValue(ValueBytes);
        _batch = SampleBatches.Create(RecordCount, ValueBytes);
        RecordBatchHeader.TryRead(_batch, out _header);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _builder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = RecordCount)]
    public long Read()
    {
        long offsets = 0;
        RecordReader reader = new(_header, _batch.AsSpan(RecordBatchHeader.Size));
        while (reader.TryRead(out Record record))
        {
            offsets += record.Offset;
        }

        return offsets;
    }

    [Benchmark(OperationsPerInvoke = RecordCount)]
    public int Build()
    {
        _builder.Reset();
        for (int i = 0; i < RecordCount; i++)
        {
            _builder.Append(1_700_000_000_000 + i, SampleBatches.Key, _value);
        }

        return _builder.Build().Length;
    }
}
