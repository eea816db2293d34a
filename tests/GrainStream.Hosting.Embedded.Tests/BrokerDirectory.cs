using System.Buffers;
using System.Text;
using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Reading;
using GrainStream.Runtime.Topics;
using GrainStream.Storage.FileSystem;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Hosting.Embedded.Tests;

/// <summary>A data directory whose broker is opened, stopped and crashed by a test.</summary>
internal sealed class BrokerDirectory : IAsyncDisposable
{
    private static int _count;
    private string _path = NewPath();

    private BrokerDirectory()
    {
    }

    public Broker Broker { get; private set; } = null!;

    public static BrokerDirectory Create()
    {
        var directory = new BrokerDirectory();
        directory.Open();
        return directory;
    }

    /// <summary>A graceful stop and a start.</summary>
    public async Task RestartAsync()
    {
        await Broker.DisposeAsync();
        Open();
    }

    /// <summary>
    /// What a killed process leaves behind: the directory as it is now, copied, and opened from there.
    /// </summary>
    public async Task CrashAsync()
    {
        string before = _path;
        string after = NewPath();
        foreach (string file in Directory.GetFiles(before, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "LOCK"))
        {
            string copy = Path.Combine(after, Path.GetRelativePath(before, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        await Broker.DisposeAsync();
        Directory.Delete(before, recursive: true);
        _path = after;
        Open();
    }

    public async Task<Topic> CreateTopicAsync(string name, int partitions = 1)
    {
        CatalogOutcome outcome = await Broker.Topics.ExecuteAsync(
            catalog => catalog.DecideCreate(new CreateTopic(name, Broker.NewTopicId()) { Partitions = partitions }));
        Assert.Equal(ErrorCode.None, outcome.Error);
        return outcome.Topic!;
    }

    public Partition Partition(string topic, int index = 0)
    {
        Assert.Equal(ErrorCode.None, Broker.FindPartition(topic, index, out Partition? partition));
        return partition!;
    }

    public async Task<AppendResult> AppendAsync(string topic, int index, params string[] values)
    {
        using var builder = new RecordBatchBuilder();
        foreach (string value in values)
        {
            builder.Append(1_000, NullableBytes.Null, Encoding.UTF8.GetBytes(value));
        }

        var append = new AwaitedAppend(new ReadOnlySequence<byte>(builder.Build().ToArray()));
        Partition(topic, index).Post(append);
        return await append.Completion.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async Task<string[]> ReadAllAsync(string topic, int index = 0)
    {
        Partition partition = Partition(topic, index);
        var values = new List<string>();
        long offset = partition.Log.LogStartOffset.Value;
        while (offset < partition.Log.HighWatermark.Value)
        {
            PartitionRead read = await Broker.Reader.ReadAsync(
                partition, new ReadRequest(offset, -1, 100_000, true, true), CancellationToken.None);
            Assert.Equal(ErrorCode.None, read.Error);
            offset = await CollectAsync(read.Records!, values);
        }

        return [.. values];
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        Directory.Delete(_path, recursive: true);
    }

    private static async Task<long> CollectAsync(RecordsPayload payload, List<string> values)
    {
        using (payload)
        {
            var pipe = new System.IO.Pipelines.Pipe(new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 0));
            Assert.True(await payload.SendAsync(pipe.Writer, CancellationToken.None));
            await pipe.Writer.CompleteAsync();
            System.IO.Pipelines.ReadResult all = await pipe.Reader.ReadAtLeastAsync(payload.Length);
            ReadOnlySpan<byte> batches = all.Buffer.ToArray();
            long next = 0;
            while (!batches.IsEmpty)
            {
                Assert.True(RecordBatchHeader.TryRead(batches, out RecordBatchHeader header));
                var reader = new RecordReader(header, batches[RecordBatchHeader.Size..header.TotalSize]);
                while (reader.TryRead(out Protocol.Records.Record record))
                {
                    values.Add(Encoding.UTF8.GetString(record.Value.Bytes));
                }

                next = header.NextOffset;
                batches = batches[header.TotalSize..];
            }

            return next;
        }
    }

    private static string NewPath() => Path.Combine(
        Path.GetTempPath(), $"grainstream-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");

    private void Open() => Broker = EmbeddedBroker.Open(
        new FileJournalOptions { DataDirectory = _path, FileBytes = 1 << 20, SlabBytes = 64 * 1024, TailMemoryBytes = 256 * 1024 },
        BrokerConfig.Default,
        TimeProvider.System,
        null,
        NullLoggerFactory.Instance);

    private sealed class AwaitedAppend : PartitionAppend
    {
        private readonly TaskCompletionSource<AppendResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public AwaitedAppend(ReadOnlySequence<byte> batch)
        {
            Assert.True(RecordBatchHeader.TryRead(batch, out RecordBatchHeader header));
            Header = header;
            Batch = batch;
            Acknowledgement = Acknowledgement.All;
        }

        public Task<AppendResult> Completion => _completion.Task;

        protected override void OnTaken()
        {
            // The batch is an array of its own.
        }

        protected override void OnCompleted(in AppendResult result) => _completion.SetResult(result);
    }
}
