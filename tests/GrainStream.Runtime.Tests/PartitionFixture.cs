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

    public RecordedAppend Append(params string[] values) => Append(new RecordedAppend(Batches.Of(values)));

    public RecordedAppend Append(RecordedAppend append)
    {
        Partition.Post(append);
        return append;
    }

    public ValueTask<PartitionRead> ReadAsync(long offset, int maxBytes = 1_000_000, bool atLeastOne = true) =>
        Reader.ReadAsync(Partition, new ReadRequest(offset, -1, maxBytes, atLeastOne, true), CancellationToken.None);

    /// <summary>What a reader gets on the wire.</summary>
    public async Task<string[]> ValuesAsync(long offset, int maxBytes = 1_000_000, bool atLeastOne = true)
    {
        PartitionRead read = await ReadAsync(offset, maxBytes, atLeastOne);
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
