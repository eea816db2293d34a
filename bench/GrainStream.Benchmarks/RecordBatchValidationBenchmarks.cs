using System.Buffers;
using BenchmarkDotNet.Attributes;
using GrainStream.Protocol.Records;

namespace GrainStream.Benchmarks;

/// <summary>
/// What Produce pays for looking at a batch: 1 MB of 1 KiB records, in pieces as pipes cut them, and a batch of one small
/// record.
/// </summary>
[MemoryDiagnoser]
public class RecordBatchValidationBenchmarks
{
    private ReadOnlySequence<byte> _oneRecord;
    private ReadOnlySequence<byte> _megabyte;
    private RecordBatchHeader _header;

    /// <summary>Size of the pieces; 0 for one piece.</summary>
    [Params(0, 4 << 10, 64 << 10)]
    public int BlockBytes { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _oneRecord = Segments.Of(SampleBatches.Create(1, 100), BlockBytes);
        _megabyte = Segments.Of(SampleBatches.Create(1_000, 1 << 10), BlockBytes);
        RecordBatchHeader.TryRead(_megabyte, out _header);
    }

    [Benchmark]
    public bool OneRecord() => RecordBatchValidator.Validate(_oneRecord, int.MaxValue, out _).IsValid;

    [Benchmark]
    public bool Megabyte() => RecordBatchValidator.Validate(_megabyte, int.MaxValue, out _).IsValid;

    /// <summary>The head that a topic with log append time stores instead.</summary>
    [Benchmark]
    public uint LogAppendTime() => _header.WithLogAppendTime(1_800_000_000_000).Crc;
}
