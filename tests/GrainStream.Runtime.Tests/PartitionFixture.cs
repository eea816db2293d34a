using System.IO.Pipelines;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Reading;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Runtime.Tests;

/// <summary>One partition on a journal that the test drives.</summary>
internal sealed class PartitionFixture : IDisposable
{
    private readonly RuntimeInstruments _instruments = new(null, static () => 1);

    public PartitionFixture(HandDrivenJournal? journal = null, int partition = 0)
    {
        Journal = journal ?? new HandDrivenJournal();
        Services = new PartitionServices(TimeProvider.System, NullLogger.Instance, _instruments) { Journal = Journal };
        Partition = new Partition(new PartitionId(Topic, partition), "orders", AppendRules.Default, Services);
        Partition.BeginServing(new LeaderEpoch(0));
        Reader = new LogReader(Journal, 8 * 1024 * 1024, _instruments, NullLogger.Instance);
    }

    public static TopicId Topic { get; } = new(Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff"));

    public HandDrivenJournal Journal { get; }

    public PartitionServices Services { get; }

    public Partition Partition { get; }

    public LogReader Reader { get; }

    /// <summary>The runs of a partition that begin below a position, as who reclaims a file reads them.</summary>
    public static RunToCopy[] RunsBelow(HandDrivenJournal journal, Partition partition, JournalPosition below)
    {
        var runs = new List<RunToCopy>();
        TailIndexSnapshot index = partition.Log.Index.Snapshot();
        for (long number = index.FirstRun; number < index.EndRun; number++)
        {
            RunEntry run = index[number];
            if (run.Start < below)
            {
                byte[] batches =
                [
                    .. journal.Frames
                        .Where(frame => frame.HoldsBatch && frame.Partition == partition.Id && frame.Position >= run.Start && frame.End <= run.End)
                        .SelectMany(frame => journal.PayloadOf(frame).ToArray()),
                ];
                runs.Add(new RunToCopy(run.BaseOffset, run.Start, batches));
            }
        }

        return [.. runs];
    }

    public CheckpointInput Checkpoint(JournalPosition below, params RunToCopy[] copies)
    {
        var input = new CheckpointInput(below, copies);
        Partition.Post(input);
        return input;
    }

    /// <summary>The partition as a restart would find it.</summary>
    public Partition Replayed()
    {
        var replay = new JournalReplay(1, Core.Topics.Configs.BrokerConfig.Default, new Core.Timestamp(0));
        Journal.ReplayTo(replay);
        var replayed = new Partition(Partition.Id, "orders", AppendRules.Default, Services, replay.LogOf(Partition.Id, "orders"));
        replayed.BeginServing(new LeaderEpoch(0));
        return replayed;
    }

    public Task<string[]> ValuesAsync(Partition partition) => ValuesAsync(partition, partition.Log.LogStartOffset.Value);

    public RecordedAppend Append(params string[] values) => Append(new RecordedAppend(Batches.Of(values)));

    public RecordedAppend Append(RecordedAppend append)
    {
        Partition.Post(append);
        return append;
    }

    public ValueTask<PartitionRead> ReadAsync(long offset, int maxBytes = 1_000_000, bool atLeastOne = true) =>
        Reader.ReadAsync(Partition, new ReadRequest(offset, -1, maxBytes, atLeastOne, true), CancellationToken.None);

    /// <summary>What a reader gets on the wire.</summary>
    public Task<string[]> ValuesAsync(long offset, int maxBytes = 1_000_000, bool atLeastOne = true) =>
        ValuesAsync(Partition, offset, maxBytes, atLeastOne);

    public async Task<string[]> ValuesAsync(Partition partition, long offset, int maxBytes = 1_000_000, bool atLeastOne = true)
    {
        PartitionRead read = await Reader.ReadAsync(
            partition, new ReadRequest(offset, -1, maxBytes, atLeastOne, true), CancellationToken.None);
        Assert.Equal(ErrorCode.None, read.Error);
        return read.Records is null ? [] : await SendAsync(read.Records);
    }

    public static async Task<string[]> SendAsync(RecordsPayload payload)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        using (payload)
        {
            Assert.True(await payload.SendAsync(pipe.Writer, CancellationToken.None));
        }

        await pipe.Writer.CompleteAsync();
        ReadResult all = await pipe.Reader.ReadAtLeastAsync(payload.Length);
        Assert.Equal(payload.Length, all.Buffer.Length);
        byte[] bytes = new byte[payload.Length];
        System.Buffers.BuffersExtensions.CopyTo(all.Buffer, bytes);
        return Batches.Values(bytes);
    }

    public void Dispose() => _instruments.Dispose();
}
