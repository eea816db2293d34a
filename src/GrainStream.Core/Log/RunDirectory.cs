namespace GrainStream.Core.Log;

/// <summary>
/// Where a tail index's chunks are: run <c>n</c> is in chunk <c>n / RunsPerChunk</c>, and <see cref="_chunks"/>[0] is chunk
/// <see cref="_firstChunk"/>. Slots behind the published runs are filled in place; anything else makes a new directory.
/// </summary>
internal sealed class RunDirectory(RunChunk?[] chunks, long firstChunk)
{
    /// <summary>Runs of a full chunk: 8 KiB.</summary>
    public const int RunsPerChunk = 256;

    private readonly RunChunk?[] _chunks = chunks;
    private readonly long _firstChunk = firstChunk;

    /// <summary>Chunks there is room for.</summary>
    public int Length => _chunks.Length;

    public RunChunk ChunkOf(long run) => Volatile.Read(ref _chunks[run / RunsPerChunk - _firstChunk])!;

    public bool HasRoomFor(long run) => run / RunsPerChunk - _firstChunk < _chunks.Length;

    public void Put(long run, RunChunk chunk) => Volatile.Write(ref _chunks[run / RunsPerChunk - _firstChunk], chunk);

    /// <summary>The chunks from that of <paramref name="firstRun"/> on, with spare room if asked for.</summary>
    public RunDirectory From(long firstRun, int spare)
    {
        long firstChunk = firstRun / RunsPerChunk;
        ReadOnlySpan<RunChunk?> kept = _chunks.AsSpan((int)(firstChunk - _firstChunk));
        var chunks = new RunChunk?[kept.Length + spare];
        kept.CopyTo(chunks);
        return new RunDirectory(chunks, firstChunk);
    }

    public static int IndexInChunk(long run) => (int)(run % RunsPerChunk);
}
