using System.Collections.Immutable;
using GrainStream.Core.Log;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Log.Tiering;

/// <summary>Segment entries, manifests and changes of them.</summary>
internal static class Entries
{
    public static readonly PartitionId Partition = new(new TopicId(Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff")), 3);
    public static readonly ImmutableArray<EpochStart> Epochs = [new(new LeaderEpoch(0), Offset.Zero)];

    private static ulong s_salt;

    public static EditStamp Stamp => new(Guid.NewGuid(), Interlocked.Add(ref s_salt, 1000));

    public static SegmentEntry Entry(long baseOffset, long endOffset, long bytes = 1000, long maxTimestamp = -1) => new(
        new Offset(baseOffset),
        new Offset(endOffset),
        bytes + 500,
        bytes,
        maxTimestamp < 0 ? endOffset : maxTimestamp,
        new Timestamp(endOffset),
        new LeaderEpoch(0),
        Interlocked.Increment(ref s_salt),
        (uint)(endOffset * 31));

    public static Manifest Empty(long logStart = 0) =>
        Manifest.Create(Partition, 1, new LeaderEpoch(0), new Offset(logStart), Epochs, Guid.NewGuid());
}
