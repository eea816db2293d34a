using System.Buffers;
using BenchmarkDotNet.Attributes;
using GrainStream.Core.Log;
using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Hosting.Embedded;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime;
using GrainStream.Runtime.Partitions;
using GrainStream.Storage.FileSystem;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Benchmarks;

/// <summary>
/// The append path below the gateway: validate a batch, decide, copy it to the journal, apply, and wait until it is written and synced, beside the
/// sync alone. What is allocated does not depend on the number of records.
/// </summary>
[MemoryDiagnoser]
public class AppendBenchmarks
{
    private readonly SyncedAppends _appends = new();
    private string _directory = "";
    private Broker _broker = null!;
    private Partition _partition = null!;
    private ReadOnlySequence<byte> _batch;
    private FileStream _probe = null!;
    private readonly byte[] _block = new byte[4096];

    [Params(1, 1_000)]
    public int Records { get; set; }

    [GlobalSetup]
    public async Task SetUp()
    {
        _directory = Path.Combine(Directory.GetCurrentDirectory(), $"append-benchmark-{Guid.NewGuid():N}");
        _broker = EmbeddedBroker.Open(
            new FileJournalOptions { DataDirectory = _directory }, BrokerConfig.Default, TimeProvider.System, null, NullLoggerFactory.Instance);
        await _broker.Topics.ExecuteAsync(catalog => catalog.DecideCreate(new CreateTopic("orders", Broker.NewTopicId()) { Partitions = 1 }));
        _broker.FindPartition("orders", 0, out Partition? partition);
        _partition = partition!;
        _batch = Segments.Of(SampleBatches.Create(Records, 1 << 10), 64 << 10);
        _probe = new FileStream(Path.Combine(_directory, "probe"), FileMode.Create, FileAccess.Write, FileShare.None, 1);
        _probe.Write(_block);
    }

    [GlobalCleanup]
    public async Task CleanUp()
    {
        await _broker.DisposeAsync();
        await _probe.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>The physical limit: rewrite a block and sync it.</summary>
    [Benchmark(Baseline = true)]
    public void SyncAlone()
    {
        _probe.Position = 0;
        _probe.Write(_block);
        _probe.Flush(flushToDisk: true);
    }

    [Benchmark]
    public void AppendAndSync()
    {
        if (!RecordBatchValidator.Validate(_batch, int.MaxValue, out RecordBatchHeader header).IsValid)
        {
            throw new InvalidOperationException("The sample batch is not valid.");
        }

        _partition.Post(new Append(_appends) { Header = header, Batch = _batch, Acknowledgement = Acknowledgement.All });
        _appends.Wait();
    }

    /// <summary>The machine's part alone.</summary>
    [Benchmark]
    public AppendDecision Decide()
    {
        RecordBatchHeader.TryRead(_batch, out RecordBatchHeader header);
        return _partition.Log.DecideAppend(header, _partition.Rules, new Core.Timestamp(1_800_000_000_000));
    }

    private sealed class SyncedAppends
    {
        private readonly SemaphoreSlim _synced = new(0);

        public void Wait() => _synced.Wait();

        public void Release() => _synced.Release();
    }

    private sealed class Append(SyncedAppends appends) : PartitionAppend
    {
        protected internal override void OnTaken()
        {
            // The batch is the benchmark's own.
        }

        protected internal override void OnCompleted(in AppendResult result) => appends.Release();
    }
}
