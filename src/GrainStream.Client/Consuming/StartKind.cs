namespace GrainStream.Client.Consuming;

/// <summary>How a <see cref="StartPosition"/> is meant.</summary>
internal enum StartKind
{
    Beginning,
    End,
    Offset,
    Time,
}
