namespace GrainStream.Runtime.Reading.Segments;

/// <summary>
/// Verified bytes of a segment in the <see cref="BlockCache"/>. Whoever acquired it may read <see cref="Bytes"/> until it is released; everything else
/// is the cache's, under its lock.
/// </summary>
internal sealed class SegmentBlock(BlockKey key, OpenSegment segment, byte[] buffer, int charge)
{
    private readonly int _length = segment.BlockLength(key.Block);

    public BlockKey Key { get; } = key;

    public OpenSegment Segment { get; } = segment;

    /// <summary>Byte of the object where the block begins.</summary>
    public long Position { get; } = segment.BlockPosition(key.Block);

    /// <summary>The batches; valid once <see cref="Loaded"/> has completed.</summary>
    public ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, _length);

    /// <summary>Completes when the bytes are there and verified; fails with why they are not.</summary>
    public Task Loaded => Loading.Task;

    internal TaskCompletionSource Loading { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal byte[] Buffer { get; } = buffer;

    /// <summary>What of the cache's capacity it takes.</summary>
    internal int Charge { get; } = charge;

    /// <summary>Readers, and the load while it lasts.</summary>
    internal int Pins { get; set; }

    /// <summary>Fetched for a reader that has not come yet.</summary>
    internal bool IsAhead { get; set; }

    /// <summary>Out of the cache: its load failed.</summary>
    internal bool IsDropped { get; set; }

    /// <summary>Loads counted when it was fetched ahead: how long ago that was.</summary>
    internal long FetchedAt { get; set; }

    /// <summary>Place among those that nobody reads.</summary>
    internal LinkedListNode<SegmentBlock>? Idle { get; set; }
}
