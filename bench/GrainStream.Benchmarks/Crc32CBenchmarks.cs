using BenchmarkDotNet.Attributes;
using GrainStream.Protocol.Records;

namespace GrainStream.Benchmarks;

/// <summary>
/// The checksum of buffers of the sizes a broker sees, beside copying the same bytes as the physical limit. 32 MB is beyond the caches of
/// one core: there both are bound by memory.
/// </summary>
[MemoryDiagnoser]
public class Crc32CBenchmarks
{
    private byte[] _data = [];
    private byte[] _target = [];

    [Params(100, 4 << 10, 64 << 10, 1 << 20, 32 << 20)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _data = SampleBatches.CreateValue(Bytes);
        _target = new byte[Bytes];
    }

    [Benchmark(Baseline = true)]
    public void Copy() => _data.AsSpan().CopyTo(_target);

    [Benchmark]
    public uint ThreeLanes() => Crc32C.Compute(_data);

    [Benchmark]
    public uint OneLane() => Crc32C.AppendSingleLane(0, _data);

    [Benchmark]
    public uint Portable() => Crc32CPortable.Append(0, _data);
}
