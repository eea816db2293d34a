using GrainStream.Core.Log.Tiering;
using GrainStream.Runtime.Inspection;
using GrainStream.TestKit;
using Xunit.Abstractions;

namespace GrainStream.Runtime.Tests.Tiering;

public sealed class InspectionTests(ITestOutputHelper output)
{
    private readonly TieredHistory _history = new();

    [Fact]
    public async Task A_sound_partition_has_no_faults_and_its_leftovers_are_named()
    {
        await BuildAsync();
        SegmentEntry leftover = await _history.WriteAsync(0, 3, TieredHistory.Singles(0, 3, 10));
        PartitionReport report = await VerifyAsync();
        Assert.Empty(report.Faults);
        Assert.Equal(272, report.Segments);
        Assert.Equal(_history.Batches.Sum(batch => batch.LongLength), report.DataBytes);
        Assert.Equal([SegmentName.Of(TieredHistory.Partition, leftover).ToString()], report.Unreferenced);
    }

    [Fact]
    public async Task Every_damaged_object_is_reported_with_its_name_and_a_byte_within_it()
    {
        await BuildAsync();
        Random random = Seeds.NewRandom(output.WriteLine);
        foreach (string name in _history.Memory.Names.Where((_, index) => index % 9 == 0 || index > 268))
        {
            int length = _history.Memory.ContentOf(name)!.Length;
            int at = random.Next(length);
            _history.Memory.Tamper(name, bytes => Flip(bytes, at));
            PartitionReport report = await VerifyAsync();
            Assert.Contains(report.Faults, fault => fault.ObjectName == name && fault.Position >= 0 && fault.Position <= length);
            _history.Memory.Tamper(name, bytes => Flip(bytes, at));
        }
    }

    [Fact]
    public async Task Missing_objects_are_reported()
    {
        await BuildAsync();
        foreach (string name in new[] { _history.Memory.Names[0], _history.Memory.Names.First(name => name.EndsWith(".page", StringComparison.Ordinal)) })
        {
            await _history.Memory.DeleteAsync(name, default);
            Assert.Contains((await VerifyAsync()).Faults, fault => fault.ObjectName == name);
        }

        await _history.Memory.DeleteAsync(ManifestName.Of(TieredHistory.Partition), default);
        PartitionReport report = await VerifyAsync();
        Assert.Null(report.Manifest);
        Assert.Single(report.Faults);
    }

    private ValueTask<PartitionReport> VerifyAsync() => PartitionInspection.VerifyAsync(_history.Memory, TieredHistory.Partition, null, default);

    /// <summary>Two larger segments and 270 of one batch, so that there is a page.</summary>
    private async Task BuildAsync()
    {
        await _history.AddAsync(40, TieredHistory.Singles(0, 40, 9_000));
        await _history.AddAsync(50, TieredHistory.Singles(40, 10, 200_000));
        for (int i = 50; i < 320; i++)
        {
            await _history.AddAsync(i + 1, TieredHistory.Singles(i, 1, 10));
        }
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= 0x10;
        return bytes;
    }
}
