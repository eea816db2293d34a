using System.IO.Pipelines;
using GrainStream.Protocol.Wire;

namespace GrainStream.Runtime.Reading;

/// <summary>Record batches of one partition on their way to a reader, back to back, byte for byte as stored.</summary>
/// <remarks>Owned by whoever holds it; disposed once, after sending or instead of it.</remarks>
public abstract class RecordsPayload : IRecordPayload, IDisposable
{
    /// <summary>Written to the pipe between two flushes, so that a slow reader holds little of our memory: 256 KiB.</summary>
    protected const int FlushBytes = 256 * 1024;

    /// <summary>Bytes of all batches together.</summary>
    public abstract int Length { get; }

    /// <summary>
    /// Copies the batches to <paramref name="output"/>, flushing as it goes; the last bytes may be left for the caller to flush.
    /// Single use.
    /// </summary>
    /// <returns>False if the reader has gone away.</returns>
    /// <exception cref="Ports.CorruptDataException">The bytes had left memory and are damaged on disk; nothing damaged was written.</exception>
    public abstract ValueTask<bool> SendAsync(PipeWriter output, CancellationToken cancellationToken);

    public abstract void Dispose();
}
