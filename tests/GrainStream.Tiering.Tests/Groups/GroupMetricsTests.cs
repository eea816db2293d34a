using System.Diagnostics.Metrics;
using GrainStream.Protocol;
using GrainStream.Storage.FileSystem.Tests.Support;
using GrainStream.TestKit;
using GrainStream.TestKit.Objects;
using GrainStream.Tiering.Tests.Support;

namespace GrainStream.Tiering.Tests.Groups;

/// <summary>What meters show of groups.</summary>
public sealed class GroupMetricsTests : IAsyncDisposable
{
    private readonly TieredNode _node = TieredNode.Open(new MemoryDisk(), new MemoryObjectStore(), new History(), new ManualClock());

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Lag_is_told_for_each_committed_partition_and_no_other()
    {
        string group = $"metrics-{Guid.NewGuid():N}";
        await _node.CreateTopicAsync("orders", 3);
        await _node.ProduceAsync("orders", 0, batches: 2, recordsPerBatch: 4);
        await _node.ProduceAsync("orders", 1, batches: 1, recordsPerBatch: 4);
        Assert.Equal(ErrorCode.None, await _node.CommitAsync(group, "orders", 0, 3));

        Assert.Equal([("orders", 0, 5L)], Lags(group));
        Assert.Equal(ErrorCode.None, await _node.CommitAsync(group, "orders", 0, 8));
        Assert.Equal(ErrorCode.None, await _node.CommitAsync(group, "orders", 1, 9));
        Assert.Equal([("orders", 0, 0L), ("orders", 1, 0L)], Lags(group));
    }

    // Meters are the process's: those of other tests' nodes answer, too.
    private static List<(string Topic, int Partition, long Lag)> Lags(string group)
    {
        var lags = new List<(string Topic, int Partition, long Lag)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "GrainStream.Groups", Name: "grainstream.group.lag" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, lag, tags, _) =>
        {
            Dictionary<string, object?> labels = tags.ToArray().ToDictionary();
            if ((string?)labels["group"] == group)
            {
                lags.Add(((string)labels["topic"]!, (int)labels["partition"]!, lag));
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return [.. lags.Order()];
    }
}
