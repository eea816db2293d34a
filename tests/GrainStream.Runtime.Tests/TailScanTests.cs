using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading;

namespace GrainStream.Runtime.Tests;

/// <summary>Going through a whole tail, as the uploader does.</summary>
public sealed class TailScanTests : IDisposable
{
    private readonly PartitionFixture _fixture = new();

    public void Dispose()
    {
        Assert.Equal(0, _fixture.Journal.OpenPins);
        _fixture.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1500)]
    [InlineData(3000)]
    public async Task Every_batch_comes_in_order_from_memory_and_from_disk(int framesOnDisk)
    {
        using var other = new PartitionFixture(_fixture.Journal, partition: 1);
        for (int i = 0; i < 1500; i++)
        {
            _fixture.Append($"a{i}-{new string('v', i % 700)}");
            other.Append($"b{i}-{new string('w', i % 300)}");
        }

        _fixture.Journal.Sync();
        _fixture.Journal.EvictedBelow = framesOnDisk == 0 ? 0 : _fixture.Journal.Frames[framesOnDisk - 1].End.Value;
        Assert.Equal(Enumerable.Range(0, 1500).Select(i => $"{i}:a{i}-{new string('v', i % 700)}"), await ScanAsync(_fixture, 0, 1500));
        Assert.Equal(Enumerable.Range(700, 33).Select(i => $"{i}:b{i}-{new string('w', i % 300)}"), await ScanAsync(other, 700, 733));
        Assert.InRange(_fixture.Journal.DiskReads, framesOnDisk == 0 ? 0 : 1, 20);
    }

    [Fact]
    public async Task It_begins_with_the_batch_that_holds_the_offset()
    {
        _fixture.Append("a", "b");
        _fixture.Append("c", "d");
        _fixture.Journal.Sync();
        Assert.Equal(["0:a", "1:b", "2:c", "3:d"], await ScanAsync(_fixture, 1, 4));
        Assert.Equal(["0:a", "1:b"], await ScanAsync(_fixture, 0, 2));
        Assert.Empty(await ScanAsync(_fixture, 2, 2));
    }

    [Fact]
    public async Task It_stops_at_what_was_committed_when_it_began()
    {
        _fixture.Append("a");
        _fixture.Journal.Sync();
        _fixture.Append("b");
        Assert.Equal(["0:a"], await ScanAsync(_fixture, 0, _fixture.Partition.Log.HighWatermark.Value));
    }

    [Fact]
    public async Task A_batch_larger_than_a_read_comes_whole()
    {
        _fixture.Partition.Rules = AppendRules.Default with { MaxMessageBytes = 5_000_000 };
        string large = new('z', 4_000_000);
        _fixture.Append("a");
        _fixture.Append(large);
        _fixture.Append("b");
        _fixture.Journal.Sync();
        _fixture.Journal.EvictedBelow = _fixture.Journal.Frames[1].End.Value;
        Assert.Equal(["0:a", $"1:{large}", "2:b"], await ScanAsync(_fixture, 0, 3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Damage_is_reported_with_its_place_wherever_the_bytes_come_from(bool onDisk)
    {
        using var other = new PartitionFixture(_fixture.Journal, partition: 1);
        _fixture.Append("a");
        other.Append("b");
        _fixture.Append("c");
        _fixture.Journal.Sync();
        _fixture.Journal.EvictedBelow = onDisk ? _fixture.Journal.End.Value : 0;
        foreach (FrameHeader frame in _fixture.Journal.Frames.ToArray())
        {
            for (int at = 0; at < FrameHeader.Size + frame.PayloadLength; at++)
            {
                _fixture.Journal.Flip(frame.Position.Value + at);
                CorruptDataException error = await Assert.ThrowsAsync<CorruptDataException>(() => ScanAsync(_fixture, 0, 2));
                Assert.StartsWith($"Journal in memory, byte {frame.Position}", error.Message, StringComparison.Ordinal);
                _fixture.Journal.Flip(frame.Position.Value + at);
            }
        }
    }

    [Fact]
    public async Task What_is_deleted_and_trimmed_meanwhile_ends_it_early()
    {
        for (int i = 0; i < 500; i++)
        {
            _fixture.Append($"{i}-{new string('v', 5000)}");
        }

        HandDrivenJournal journal = _fixture.Journal;
        journal.Sync();
        journal.EvictedBelow = journal.End.Value;
        journal.FileBytes = 4096;
        journal.BeforeDiskRead = position =>
        {
            if (position.Value > 1_000_000)
            {
                journal.BeforeDiskRead = null;
                _fixture.Partition.Post(new DeleteRecordsInput(490));
                journal.Sync();
                Assert.True(journal.Trim(journal.Frames[480].Position) > 0);
            }
        };
        using var scan = new TailScan(journal, _fixture.Partition, Offset.Zero, new Offset(500));
        long batches = 0;
        while (await scan.LoadAsync(default))
        {
            while (scan.TryRead(out RecordBatchHeader header, out _))
            {
                Assert.Equal(batches++, header.BaseOffset);
            }
        }

        Assert.InRange(batches, 1, 489);
        Assert.Equal(batches, scan.NextOffset.Value);
    }

    [Fact]
    public async Task Reading_allocates_nothing_per_batch()
    {
        for (int i = 0; i < 10_000; i++)
        {
            _fixture.Append($"value-{i}");
        }

        _fixture.Journal.Sync();
        using var scan = new TailScan(_fixture.Journal, _fixture.Partition, Offset.Zero, new Offset(10_000));
        Assert.True(await scan.LoadAsync(default));
        Assert.True(scan.TryRead(out _, out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int batches = 1;
        while (scan.TryRead(out _, out _))
        {
            batches++;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(batches, 5_000, 10_000);
    }

    private static async Task<string[]> ScanAsync(PartitionFixture fixture, long from, long end)
    {
        using var scan = new TailScan(fixture.Journal, fixture.Partition, new Offset(from), new Offset(end));
        List<string> values = [];
        while (await scan.LoadAsync(default))
        {
            while (scan.TryRead(out RecordBatchHeader header, out ReadOnlyMemory<byte> batch))
            {
                Assert.Equal(header.TotalSize, batch.Length);
                values.AddRange(Batches.Values(batch.ToArray()));
            }
        }

        Assert.True(scan.NextOffset.Value >= end);
        return [.. values];
    }
}
