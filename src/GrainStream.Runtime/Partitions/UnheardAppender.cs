using GrainStream.Protocol;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Partitions;

/// <summary>Appender of frames whose fate nobody needs to know: a later frame's tells it.</summary>
internal sealed class UnheardAppender : IJournalAppender
{
    public static readonly UnheardAppender Instance = new();

    public void Written(Offset end)
    {
        // See the type.
    }

    public void Synced(Offset end)
    {
        // See the type.
    }

    public void JournalFailed(Exception cause)
    {
        // See the type.
    }
}
