namespace GrainStream.Runtime.Ports;

/// <summary>A counted buffer of journal memory.</summary>
public interface IJournalBuffer
{
    /// <summary>Gives one loan back.</summary>
    void Release();
}
