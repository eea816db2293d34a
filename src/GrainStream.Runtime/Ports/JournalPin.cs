namespace GrainStream.Runtime.Ports;

/// <summary>
/// A loan of journal memory, from one frame's position to the end of what its buffer holds contiguously.
/// Valid until disposed; dispose exactly once.
/// </summary>
public readonly struct JournalPin(ReadOnlyMemory<byte> memory, IJournalBuffer owner) : IDisposable
{
    public ReadOnlyMemory<byte> Memory { get; } = memory;

    public void Dispose() => owner.Release();
}
