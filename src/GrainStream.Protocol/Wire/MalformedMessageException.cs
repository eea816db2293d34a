namespace GrainStream.Protocol.Wire;

/// <summary>
/// Bytes from a peer are not the message they should be. The only exception that reading a message throws for what the bytes hold.
/// </summary>
public sealed class MalformedMessageException : Exception
{
    /// <summary><paramref name="problem"/> says what is wrong; <paramref name="position"/> is the byte, from the reader's start.</summary>
    public MalformedMessageException(string problem, long position)
        : base($"{problem}, at byte {position}.")
    {
        Position = position;
    }

    /// <summary>Where reading stopped, in bytes from the reader's start.</summary>
    public long Position { get; }
}
