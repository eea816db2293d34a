using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading;
using GrainStream.Runtime.Tiering;
using GrainStream.Runtime.Topics;
using GrainStream.Storage.FileSystem;
using GrainStream.Storage.FileSystem.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Tiering.Tests.Support;

/// <summary>
/// A broker with a very small journal on a disk in memory, whose tiering does only what the test asks for: so that a second run meets the same steps as the first.
/// </summary>
internal sealed class TieredNode : IAsyncDisposable
{
    /// <summary>So that a test of a few hundred records rolls files and makes segments.</summary>
    public const int FileBytes = 32 * 1024;

    private readonly TimeProvider _clock;

    private TieredNode(Broker broker, IObjectStore store, History history, TimeProvider clock)
    {
        Store = store;
        Broker = broker;
        History = history;
        _clock = clock;
    }

    public Broker Broker { get; }

    public TieringService Tiering => Broker.Tiering;

    public IObjectStore Store { get; }

    /// <summary>What was done and told.</summary>
    public History History { get; }

    public bool Has(string topic, int partition) => Broker.FindPartition(topic, partition, out _) == ErrorCode.None;

    /// <summary>Starts a broker on what a disk and a store hold.</summary>
    public static TieredNode Open(
        MemoryDisk disk, IObjectStore store, History history, TimeProvider clock, Func<TieringOptions, TieringOptions>? change = null)
    {
        var tiering = new TieringOptions { MaxSegmentBytes = 6 * 1024, MaxConcurrentUploads = 1, ShutdownLimit = TimeSpan.Zero };
        var journal = new FileJournalOptions
        {
            DataDirectory = "unused",
            FileBytes = FileBytes,
            MaxBytes = 8 * FileBytes,
            SlabBytes = 8 * 1024,
            TailMemoryBytes = 4 * 8 * 1024,
            MaxGroupBytes = 12 * 1024,
        };
        var options = new BrokerOptions
        {
            Identity = new BrokerIdentity(1, "cluster-of-this-test"),
            Tiering = change is null ? tiering : change(tiering),
        };
        Broker broker = Broker.Open(
            options,
            replay => FileJournal.Open(journal, disk.Mount(), replay, clock, NullLogger.Instance, null, ownThread: true),
            () => store,
            clock,
            null,
            NullLogger.Instance);
        return new TieredNode(broker, store, history, clock);
    }

    public async Task CreateTopicAsync(string name, int partitions, params (string Name, string Value)[] configs)
    {
        History.Note(name, History.TopicState.Uncertain);
        var command = new CreateTopic(name, History.NewTopicId())
        {
            Partitions = partitions,
            Configs = [.. configs.Select(config => KeyValuePair.Create(config.Name, (string?)config.Value))],
        };
        CatalogOutcome outcome = await Broker.Topics.ExecuteAsync(catalog => catalog.DecideCreate(command));
        if (outcome.Error == ErrorCode.None)
        {
            History.Note(name, History.TopicState.Created);
        }
    }

    public async Task DeleteTopicAsync(string name)
    {
        History.Note(name, History.TopicState.BeingDeleted);
        CatalogOutcome outcome = await Broker.Topics.ExecuteAsync(catalog => catalog.DecideDelete(name));
        if (outcome.Error == ErrorCode.None)
        {
            History.Note(name, History.TopicState.Deleted);
        }
    }

    public Partition PartitionOf(string topic, int partition)
    {
        Assert.Equal(ErrorCode.None, Broker.FindPartition(topic, partition, out Partition? found));
        return found!;
    }

    /// <summary>Sends batches of records, each when the one before is answered.</summary>
    public async Task ProduceAsync(string topic, int partition, int batches, int recordsPerBatch = 4, int valueLength = 100, long? timestampMs = null)
    {
        if (Broker.FindPartition(topic, partition, out Partition? found) != ErrorCode.None)
        {
            return;
        }

        PartitionHistory history = History.Of(topic, partition);
        for (int i = 0; i < batches; i++)
        {
            SentRecord[] records = History.NewRecords(recordsPerBatch, valueLength, found!.Rules.RequiresKeys);
            history.Sent(records);
            var produced = new Produced(BatchOf(records, timestampMs ?? _clock.GetUtcNow().ToUnixTimeMilliseconds()), result =>
            {
                if (result.Error == ErrorCode.None)
                {
                    history.Acknowledged(result.BaseOffset, records);
                }
            });
            found.Post(produced);

            // One after the other, so that each is a group of the journal's of its own, each time.
            await produced.Completion;
        }
    }

    /// <summary>Uploads all that a partition has committed.</summary>
    public Task UploadAsync(string topic, int partition) =>
        Broker.FindPartition(topic, partition, out Partition? found) == ErrorCode.None ? Tiering.UploadAsync(found!) : Task.CompletedTask;

    /// <summary>Has all compacted topics compacted.</summary>
    /// <param name="mustCount">Whether nothing can be in the way, so that every key must be there once afterwards, as far as the segments go.</param>
    public async Task CompactAsync(bool mustCount = false)
    {
        var passes = new List<(PartitionHistory History, long Before)>();
        foreach (Topic topic in Broker.Topics.Catalog.All.Where(static topic => topic.Config.IsCompacted))
        {
            for (int partition = 0; Has(topic.Name, partition); partition++)
            {
                passes.Add((History.Of(topic.Name, partition), PartitionOf(topic.Name, partition).Log.TieredEnd.Value));
                passes[^1].History.MayCompactBefore(passes[^1].Before, dropsTombstones: topic.Config.DeleteRetentionMs == 0);
            }
        }

        await Tiering.CompactAsync(CancellationToken.None);
        foreach ((PartitionHistory history, long before) in mustCount ? passes : [])
        {
            history.MustBeCompactedBefore(before);
        }
    }

    public async Task DeleteRecordsAsync(string topic, int partition, long before)
    {
        PartitionHistory history = History.Of(topic, partition);
        history.MayDeleteBefore(before);
        var input = new DeleteRecordsInput(before);
        PartitionOf(topic, partition).Post(input);
        if ((await input.Completion).Error == ErrorCode.None)
        {
            history.MustDeleteBefore(before);
        }
    }

    /// <summary>Lets a time pass and has everything checked and deleted that is due then.</summary>
    public async Task KeepHouseAsync(TimeSpan after)
    {
        var clock = (EagerClock)_clock;
        clock.Advance(after);
        for (int tries = 1; ; tries++)
        {
            try
            {
                await Tiering.KeepHouseAsync();
                return;
            }
            catch (StorageUnavailableException) when (tries < 6)
            {
                // As the node's own loop does: rest, and look again.
                clock.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }

    /// <summary>Reads a partition whole and compares it with the history.</summary>
    public async Task CheckAsync(string topic, int partition)
    {
        Partition found = PartitionOf(topic, partition);
        Assert.Equal(PartitionStatus.Open, found.Status);
        var read = new List<ReadRecord>();
        long logStart = found.Log.LogStartOffset.Value;
        long next = logStart;
        while (next < found.Log.HighWatermark.Value)
        {
            PartitionRead answer = await ReadAsync(found, next);
            Assert.True(answer.Records is not null, $"nothing was read at offset {next} of {topic}-{partition}");
            (List<ReadRecord> records, long end) = await RecordsOfAsync(answer.Records);
            Assert.True(end > next, $"no progress at offset {next} of {topic}-{partition}");
            read.AddRange(records.Where(record => record.Offset >= next));
            next = end;
        }

        History.Of(topic, partition).Check(logStart, found.Log.HighWatermark.Value, read);
    }

    /// <summary>Compares all there is with the history.</summary>
    public async Task CheckAllAsync()
    {
        foreach ((string name, History.TopicState state) in History.Topics)
        {
            bool isThere = Broker.Topics.Catalog.TryFind(name, out Topic? topic);
            Assert.True(isThere || state != History.TopicState.Created, $"topic {name} was created and is not there");
            Assert.True(!isThere || state != History.TopicState.Deleted, $"topic {name} was deleted and is there");
            for (int partition = 0; isThere && partition < topic!.PartitionCount; partition++)
            {
                await CheckAsync(name, partition);
            }
        }

        await this.CheckCommitsAsync();
    }

    public ValueTask DisposeAsync() => Broker.DisposeAsync();

    // As clients do: an error of the storage may pass.
    private async Task<PartitionRead> ReadAsync(Partition partition, long offset)
    {
        for (int tries = 1; ; tries++)
        {
            PartitionRead answer = await Broker.Reader.ReadAsync(partition, new ReadRequest(offset, -1, 5000, true, true), CancellationToken.None);
            if (answer.Error != ErrorCode.KafkaStorageError || tries == 5)
            {
                Assert.Equal(ErrorCode.None, answer.Error);
                return answer;
            }
        }
    }

    private static ReadOnlySequence<byte> BatchOf(SentRecord[] records, long timestampMs)
    {
        using var builder = new RecordBatchBuilder();
        foreach (SentRecord record in records)
        {
            byte[] text = Encoding.UTF8.GetBytes(record.Text);
            if (record.IsTombstone)
            {
                builder.AddHeader(SentRecord.TextHeader, text);
            }

            builder.Append(timestampMs, record.Key is null ? null : Encoding.UTF8.GetBytes(record.Key), record.IsTombstone ? null : text);
        }

        return new ReadOnlySequence<byte>(builder.Build().ToArray());
    }

    private static async Task<(List<ReadRecord> Records, long End)> RecordsOfAsync(RecordsPayload payload)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        int length = payload.Length;
        using (payload)
        {
            Assert.True(await payload.SendAsync(pipe.Writer, CancellationToken.None));
        }

        await pipe.Writer.CompleteAsync();
        ReadResult all = await pipe.Reader.ReadAtLeastAsync(length);
        return Decode(all.Buffer.ToArray());
    }

    // The end is that of the last batch, as for any client: compaction may have removed its last records.
    private static (List<ReadRecord> Records, long End) Decode(ReadOnlySpan<byte> batches)
    {
        var records = new List<ReadRecord>();
        long end = -1;
        while (!batches.IsEmpty)
        {
            Assert.True(RecordBatchHeader.TryRead(batches, out RecordBatchHeader header));
            Assert.Equal(header.Crc, Crc32C.Compute(batches[RecordBatchHeader.CrcCoverageStart..header.TotalSize]));
            var reader = new RecordReader(header, batches[RecordBatchHeader.Size..header.TotalSize]);
            while (reader.TryRead(out Protocol.Records.Record record))
            {
                bool isTombstone = record.Headers.TryFindLast(SentRecord.TextHeader, out NullableBytes text) && record.Value.IsNull;
                string? key = record.Key.IsNull ? null : Encoding.UTF8.GetString(record.Key.Bytes);
                records.Add(new ReadRecord(record.Offset, new SentRecord(key, Encoding.UTF8.GetString(isTombstone ? text.Bytes : record.Value.Bytes), isTombstone)));
            }

            end = header.NextOffset;
            batches = batches[header.TotalSize..];
        }

        return (records, end);
    }
}
