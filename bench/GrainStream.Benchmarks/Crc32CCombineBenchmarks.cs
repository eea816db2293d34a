using BenchmarkDotNet.Attributes;
using GrainStream.Protocol.Records;

namespace GrainStream.Benchmarks;

/// <summary>What the journal pays per frame instead of reading a batch's bytes a second time.</summary>
[MemoryDiagnoser]
public class Crc32CCombineBenchmarks
{
    [Params(100, 1_000_003, long.MaxValue)]
    public long LengthB { get; set; }

    [Benchmark]
    public uint Combine() => Crc32C.Combine(0x12345678, 0x9ABCDEF0, LengthB);
}
