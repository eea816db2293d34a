namespace GrainStream.Core;

/// <summary>A machine found itself in a state that cannot be. It must not be used any more; its log is replayed into a new one.</summary>
public sealed class InvariantViolationException : Exception
{
    public InvariantViolationException()
    {
    }

    public InvariantViolationException(string message)
        : base(message)
    {
    }

    public InvariantViolationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
