using GrainStream.Core.Log;

namespace GrainStream.Core.Tests.Log;

/// <summary>Checkpoints in the shapes the tests need.</summary>
internal static class Checkpoints
{
    /// <summary>Everything as it is.</summary>
    public static PartitionCheckpoint Of(PartitionLog log) => log.CreateCheckpoint([], new Protocol.Offset(0));

    /// <summary>A log rebuilt from the bytes of another one's checkpoint.</summary>
    public static PartitionLog Restored(PartitionCheckpoint checkpoint)
    {
        byte[] bytes = PartitionCheckpointCodec.Encode(checkpoint);
        Assert.True(PartitionCheckpointCodec.TryDecode(bytes, out PartitionCheckpoint? decoded, out string? error), error);
        Assert.Equal(bytes, PartitionCheckpointCodec.Encode(decoded));
        var log = new PartitionLog();
        log.Restore(decoded, Batches.Now);
        return log;
    }

    /// <summary>Requires that two logs are in the same state, by everything that can be seen of it.</summary>
    public static void AssertSame(PartitionLog expected, PartitionLog actual)
    {
        Assert.Equal(
            (expected.LogStartOffset, expected.TieredEnd, expected.LogEndOffset, expected.MaxTimestamp, expected.LeaderEpoch),
            (actual.LogStartOffset, actual.TieredEnd, actual.LogEndOffset, actual.MaxTimestamp, actual.LeaderEpoch));
        Assert.Equal(expected.Epochs, actual.Epochs);
        Assert.Equal(expected.Index.Runs(), actual.Index.Runs());
        Assert.Equal(PartitionCheckpointCodec.Encode(Of(expected)), PartitionCheckpointCodec.Encode(Of(actual)));

        // Within one run of what T falls into: the share of that run is an estimate.
        Assert.InRange(actual.TailBytes - expected.TailBytes, -TailIndex.MaxRunBytes, TailIndex.MaxRunBytes);
    }
}
